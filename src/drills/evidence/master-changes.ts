import type { EpochSeen, RecordedEpochs } from '../../history/recorded-epochs.js'
import type { CorelabEvent } from '../../kit/events.js'
import type { ChainLink, FaultWindow, MasterChange } from '../../model/drill-result.js'
import type { RunClock } from '../stage/run-clock.js'

export interface ChangeFacts {
  /** The keeper's record from before the first fault. */
  readonly events: readonly CorelabEvent[]
  readonly epochs: RecordedEpochs
  readonly faults: readonly FaultWindow[]
  /** Who was master of which epoch when the run began. */
  readonly first: { readonly epoch: number; readonly master: string | null }
  readonly runClock: Pick<RunClock, 'ofIso' | 'originMs'>
}

interface TimedEvent {
  readonly atMs: number
  readonly event: CorelabEvent
}

/** Each change of the master of a run, from the keeper's record and from what clients saw. Pure. */
export function masterChanges(facts: ChangeFacts): readonly MasterChange[] {
  const timed = facts.events.map((event) => ({ event, atMs: facts.runClock.ofIso(event.at) }))
  const changes: MasterChange[] = []
  let { epoch, master } = facts.first
  let fromIndex = 0
  timed.forEach(({ event, atMs }, index) => {
    if (event.kind !== 'topology' || event.master === null || event.epoch <= epoch) return
    const part = timed.slice(fromIndex, nextClosing(timed, index))
    changes.push(
      changeOf(facts, {
        part,
        atMs,
        reason: event.reason,
        from: { epoch, master },
        to: { epoch: event.epoch, master: event.master },
      }),
    )
    epoch = event.epoch
    master = event.master
    fromIndex = index + 1
  })
  return changes
}

/** Repointing goes on after the publication, up to the next time that there is no master. */
function nextClosing(timed: readonly TimedEvent[], from: number): number {
  const next = timed.findIndex(
    ({ event }, index) => index > from && event.kind === 'topology' && event.master === null,
  )
  return next === -1 ? timed.length : next
}

interface Found {
  readonly part: readonly TimedEvent[]
  readonly atMs: number
  readonly reason: string
  readonly from: { readonly epoch: number; readonly master: string | null }
  readonly to: { readonly epoch: number; readonly master: string | null }
}

function changeOf(facts: ChangeFacts, found: Found): MasterChange {
  const { part, atMs, from, to } = found
  const closed = part.find(({ event }) => event.kind === 'topology' && event.master === null)
  const kind = part.some(({ event }) => isStep(event, /^switchover\.|\.quiesce$/)) ? 'switchover' : 'failover'
  const seen = (epoch: number) => facts.epochs.epochs.find((each) => each.epoch === epoch)
  const lastOkAtMs = onRun(facts, seen(from.epoch)?.lastOkAtMs)
  const firstOkAtMs = onRun(facts, firstOf(facts.epochs.epochs, to.epoch))
  const fault = facts.faults.filter((window) => window.fromMs <= (closed?.atMs ?? atMs) + clockErrorMs).at(-1)
  return {
    kind,
    fromEpoch: from.epoch,
    toEpoch: to.epoch,
    oldMaster: from.master,
    newMaster: to.master,
    reason: found.reason,
    faultAtMs: kind === 'failover' ? (fault?.fromMs ?? null) : null,
    detectedAtMs: closed?.atMs ?? null,
    steps: linksOf(part),
    publishedAtMs: atMs,
    lastOkAtMs,
    firstOkAtMs,
    gapMs: lastOkAtMs === null || firstOkAtMs === null ? null : Math.max(0, firstOkAtMs - lastOkAtMs),
  }
}

/** Records have whole milliseconds: one of the same millisecond as a fault may read as just before it. */
const clockErrorMs = 1

/** An epoch can be opened and lost again before any client got an OK of it. */
function firstOf(epochs: readonly EpochSeen[], from: number): number | null | undefined {
  return epochs.find(({ epoch, firstOkAtMs }) => epoch >= from && firstOkAtMs !== null)?.firstOkAtMs
}

function onRun(facts: ChangeFacts, recorderMs: number | null | undefined): number | null {
  return recorderMs === null || recorderMs === undefined ? null : recorderMs - facts.runClock.originMs
}

function linksOf(part: readonly TimedEvent[]): readonly ChainLink[] {
  return part.flatMap(({ event, atMs }) => {
    const match = event.kind === 'step.done' ? /^(?:failover|switchover)\.([a-z-]+)$/.exec(event.step) : null
    if (!match || event.kind !== 'step.done') return []
    return [{ name: match[1] ?? '', endedAtMs: atMs, durationMs: event.durationMs }]
  })
}

function isStep(event: CorelabEvent, pattern: RegExp): boolean {
  return (event.kind === 'step.started' || event.kind === 'step.done') && pattern.test(event.step)
}
