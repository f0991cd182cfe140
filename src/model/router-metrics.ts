import type { NodeName, Role } from './node.js'

/**
 * Where a router sent work, and what became of what it could not send. One count is one transaction or one read,
 * however many statements it has: all of them go to the same node.
 */
export interface RouterMetrics {
  readonly schema: 'corelab/router-metrics@1'
  /** 0 before the first topology. */
  readonly epoch: number
  readonly sent: readonly SentCount[]
  readonly heldNow: number
  /** Of those that had to wait at all, also the rejected ones. */
  readonly holdMs: HoldHistogram
  readonly rejected: Readonly<Record<string, number>>
  /**
   * `elsewhere`: its node could not take it; `again`: it lost against another; `moved`: roles changed while it waited for
   * a connection; `behind`: the replica lacked a write of its session.
   */
  readonly retried: Readonly<Record<'elsewhere' | 'again' | 'moved' | 'behind', number>>
  /** Commits whose outcome the caller had to ask for. */
  readonly unknown: number
}

export interface SentCount {
  readonly node: NodeName
  /** The node's role when the work was sent. */
  readonly role: Role
  readonly kind: 'read' | 'write'
  readonly mode: string
  readonly count: number
}

/** `counts[i]` waited for at most `boundsMs[i]`, the last one for longer than all bounds. */
export interface HoldHistogram {
  readonly boundsMs: readonly number[]
  readonly counts: readonly number[]
  readonly sumMs: number
  readonly maxMs: number
}

/** Where the subsystem host shows the sum over its data sources. */
export const routerMetricsPath = '/metrics/router'

/** Bounded and the same everywhere, so that histograms can be added up. */
export const holdBoundsMs: readonly number[] = Object.freeze([
  1, 3, 10, 30, 100, 200, 300, 500, 1000, 2000, 5000, 10_000,
])

/** The sum over several routers, e.g. of one host. Their epoch is that of the one which knows the newest. */
export function sumOfRouterMetrics(all: readonly RouterMetrics[]): RouterMetrics {
  const sumOf = (pick: (each: RouterMetrics) => number) => all.reduce((sum, each) => sum + pick(each), 0)
  return {
    schema: 'corelab/router-metrics@1',
    epoch: Math.max(0, ...all.map((each) => each.epoch)),
    sent: sumOfSent(all.flatMap((each) => each.sent)),
    heldNow: sumOf((each) => each.heldNow),
    holdMs: {
      boundsMs: holdBoundsMs,
      counts: [...holdBoundsMs, 0].map((_, index) => sumOf((each) => each.holdMs.counts[index] ?? 0)),
      sumMs: sumOf((each) => each.holdMs.sumMs),
      maxMs: Math.max(0, ...all.map((each) => each.holdMs.maxMs)),
    },
    rejected: sumOfRecords(all.map((each) => each.rejected)),
    retried: {
      elsewhere: sumOf((each) => each.retried.elsewhere),
      again: sumOf((each) => each.retried.again),
      moved: sumOf((each) => each.retried.moved),
      behind: sumOf((each) => each.retried.behind),
    },
    unknown: sumOf((each) => each.unknown),
  }
}

/** How many waited. */
export function countOfHistogram(histogram: HoldHistogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0)
}

function sumOfSent(counts: readonly SentCount[]): readonly SentCount[] {
  const sums = new Map<string, SentCount>()
  for (const each of counts) {
    const key = `${each.node} ${each.role} ${each.kind} ${each.mode}`
    sums.set(key, { ...each, count: each.count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
}

function sumOfRecords(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const record of all)
    for (const [name, count] of Object.entries(record)) sums[name] = (sums[name] ?? 0) + count
  return sums
}
