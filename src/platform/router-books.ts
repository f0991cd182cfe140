import type { NodeName, Role } from '../model/node.js'
import { holdBoundsMs, type RouterMetrics, type SentCount } from '../model/router-metrics.js'
import type { Topology } from '../model/topology.js'
import type { RejectReason } from '../protocol/router/state.js'
import type { ReadMode } from '../protocol/router/wish.js'
import type { RetryClass } from './retry-class.js'

/** What a piece of work is counted as. */
export type WorkKind = 'write' | ReadMode

type Counts = Record<WorkKind, number>

/** Counts what a router does. Cheap enough for every call: a look-up by node and an addition. */
export class RouterBooks {
  #epoch = 0
  /** By node, as of the present topology; the counts of a former role are kept beside it. */
  #byNode = new Map<NodeName, Counts>()
  readonly #byNodeAndRole = new Map<
    string,
    { readonly node: NodeName; readonly role: Role; counts: Counts }
  >()
  readonly #holds: number[] = [...holdBoundsMs, 0].map(() => 0)
  #holdSumMs = 0
  #holdMaxMs = 0
  readonly #rejected: Record<string, number> = {}
  readonly #retried = { elsewhere: 0, again: 0, moved: 0, behind: 0 }
  #unknown = 0

  /** From now on what is sent is counted under these roles. */
  adopt(topology: Topology): void {
    this.#epoch = topology.epoch
    this.#byNode = new Map(topology.nodes.map(({ name, role }) => [name, this.#countsOf(name, role)]))
  }

  sent(node: NodeName, kind: WorkKind): void {
    const counts = this.#byNode.get(node)
    if (counts) counts[kind]++
  }

  held(waitedMs: number): void {
    const bucket = holdBoundsMs.findIndex((boundMs) => waitedMs <= boundMs)
    const index = bucket < 0 ? holdBoundsMs.length : bucket
    this.#holds[index] = (this.#holds[index] ?? 0) + 1
    this.#holdSumMs += waitedMs
    this.#holdMaxMs = Math.max(this.#holdMaxMs, waitedMs)
  }

  rejected(reason: RejectReason): void {
    this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1
  }

  failed(how: RetryClass | 'moved' | 'behind'): void {
    if (how === 'unknown') this.#unknown++
    else if (how !== 'final') this.#retried[how]++
  }

  /** Work by node, over all its roles. */
  sentByNode(): Readonly<Record<string, number>> {
    const sums: Record<string, number> = {}
    for (const { node, count } of this.#sentCounts()) sums[node] = (sums[node] ?? 0) + count
    return sums
  }

  metrics(heldNow: number): RouterMetrics {
    return {
      schema: 'corelab/router-metrics@1',
      epoch: this.#epoch,
      sent: this.#sentCounts(),
      heldNow,
      holdMs: {
        boundsMs: holdBoundsMs,
        counts: [...this.#holds],
        sumMs: this.#holdSumMs,
        maxMs: this.#holdMaxMs,
      },
      rejected: { ...this.#rejected },
      retried: { ...this.#retried },
      unknown: this.#unknown,
    }
  }

  #countsOf(node: NodeName, role: Role): Counts {
    const key = `${node} ${role}`
    const known = this.#byNodeAndRole.get(key) ?? { node, role, counts: { ...noCounts } }
    this.#byNodeAndRole.set(key, known)
    return known.counts
  }

  #sentCounts(): SentCount[] {
    return [...this.#byNodeAndRole.values()].flatMap(({ node, role, counts }) =>
      Object.entries(counts).flatMap(([what, count]) => {
        const kind = what === 'write' ? ('write' as const) : ('read' as const)
        return count === 0 ? [] : [{ node, role, kind, mode: kind === 'write' ? 'master' : what, count }]
      }),
    )
  }
}

const noCounts: Counts = Object.freeze({
  write: 0,
  master: 0,
  'read-your-writes': 0,
  bounded: 0,
  any: 0,
})
