import type { CorelabEvent } from '../../kit/events.js'
import type { FailoverFacts, Publication } from '../../model/demo-result.js'
import type { RoleChange } from '../stage/role-spans.js'
import type { RunClock } from '../stage/run-clock.js'

/** What is known about the kill itself, and what the clients saw of it. */
export interface KillFacts {
  readonly node: string
  readonly epoch: number
  /** On the tour's clock. */
  readonly atMs: number
}

export interface GapSeen {
  readonly lastOkAtMs: number
  readonly firstOkAtMs: number
}

/**
 * Puts together the failover chain: the keeper's own record says when it found the master dead, opened the new
 * one and published it; the clients say how long nobody could write.
 */
export function failoverFacts(input: {
  readonly kill: KillFacts
  readonly events: readonly CorelabEvent[]
  readonly gap: GapSeen | null
  readonly runClock: Pick<RunClock, 'ofIso'>
}): FailoverFacts {
  const { kill, gap } = input
  const after = input.events
    .map((event) => ({ event, atMs: input.runClock.ofIso(event.at) }))
    // A record has whole milliseconds: one of the same millisecond as the kill may read as just before it.
    .filter(({ atMs }) => atMs >= kill.atMs - 1)
  const publications = after.flatMap(({ event, atMs }): Publication[] =>
    event.kind === 'topology'
      ? [{ atMs, epoch: event.epoch, master: event.master, reason: event.reason }]
      : [],
  )
  const next = publications.find((each) => each.epoch > kill.epoch && each.master !== null)
  const opened = after.find(({ event }) => event.kind === 'step.done' && event.step === 'failover.open')
  const detected = publications.find((each) => each.master === null)
  const since = (atMs: number | undefined) => (atMs === undefined ? null : Math.max(0, atMs - kill.atMs))
  return {
    killedNode: kill.node,
    newMaster: next?.master ?? null,
    epochBefore: kill.epoch,
    epochAfter: next?.epoch ?? null,
    killedAtMs: kill.atMs,
    detectedAfterMs: since(detected?.atMs),
    promotedAfterMs: since(opened?.atMs),
    publishedAfterMs: since(next?.atMs),
    lastOkAtMs: gap?.lastOkAtMs ?? null,
    firstOkAtMs: next && gap ? gap.firstOkAtMs : null,
    writeGapMs: next && gap ? gap.firstOkAtMs - gap.lastOkAtMs : null,
    publications,
  }
}

/** Each publication as a change of roles. */
export function roleChanges(
  events: readonly CorelabEvent[],
  runClock: Pick<RunClock, 'ofIso'>,
): readonly RoleChange[] {
  return events.flatMap((event) =>
    event.kind === 'topology' ? [{ atMs: runClock.ofIso(event.at), roles: event.roles }] : [],
  )
}
