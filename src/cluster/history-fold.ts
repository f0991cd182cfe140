import type { CorelabEvent } from '../kit/events.js'
import { changeStep, refusalCodes, returnStep } from './history-journal.js'

/** Every epoch of an environment, oldest first. */
export interface ClusterHistory {
  readonly schema: 'corelab/history@1'
  readonly epochs: readonly EpochHistory[]
  /** A change of master that is under way, or stuck; null when there is a master. */
  readonly underWay: Change | null
}

export interface EpochHistory {
  readonly epoch: number
  readonly master: string
  /** When its master was opened for writes; null for the first one known. */
  readonly openedAt: string | null
  /** When it was closed for its successor; null while it lasts. */
  readonly closedAt: string | null
  /** How it came about; null for the first one known. */
  readonly change: Change | null
  /** Numbers that were used up on the way to it and never had a master. */
  readonly burnt: readonly number[]
  /** Changes that were begun in it and taken back, or refused. */
  readonly undone: readonly Change[]
  /** Nodes that were brought back in it, or tried to. */
  readonly returns: readonly NodeReturned[]
}

export interface Change {
  readonly kind: 'failover' | 'switchover'
  /** What set it off, and who asked for it. */
  readonly reason: string
  readonly startedAt: string
  /** From the first step to the opening of the next master, or to its end. */
  readonly durationMs: number
  /** For how long there was no master to write to; null when there was one all the time. */
  readonly closedMs: number | null
  readonly steps: readonly StepHistory[]
  readonly refusals: readonly string[]
}

export interface StepHistory {
  readonly name: string
  readonly attempts: number
  /** Of all attempts together. */
  readonly durationMs: number
  /** `open`: it began, and its end was never told. */
  readonly outcome: 'done' | 'failed' | 'open'
  /** What it had to say, or why it failed. */
  readonly note: string | null
}

export interface NodeReturned {
  readonly node: string
  readonly startedAt: string
  readonly durationMs: number | null
  readonly outcome: 'done' | 'failed' | 'open'
  readonly note: string | null
}

/** Tells the history from the events of all keepers that this environment has had, in their order. Pure. */
export function foldHistory(events: readonly CorelabEvent[]): ClusterHistory {
  const fold = new Fold()
  for (const event of events) fold.take(event)
  return fold.result()
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Epoch = Mutable<Omit<EpochHistory, 'undone' | 'returns'>> & {
  readonly undone: Change[]
  readonly returns: Mutable<NodeReturned>[]
}

interface Pending {
  readonly startedAt: string
  closedAt: string | null
  reason: string | null
  readonly steps: Mutable<StepHistory>[]
  readonly refusals: string[]
}

class Fold {
  readonly #epochs: Epoch[] = []
  #pending: Pending | null = null
  /** The steps that go on after the next master is open: the others follow it. */
  #after: Mutable<StepHistory>[] = []

  take(event: CorelabEvent): void {
    switch (event.kind) {
      case 'topology':
        this.#onTopology(event)
        break
      case 'warning':
        if (refusalCodes.has(event.code)) this.#onRefusal(event.at, event.message)
        break
      case 'step.started':
      case 'step.done':
      case 'step.failed':
        this.#onStep(event)
        break
    }
  }

  result(): ClusterHistory {
    const pending = this.#pending
    const underWay =
      pending && (pending.closedAt !== null || pending.steps.some(({ outcome }) => outcome === 'open'))
    return {
      schema: 'corelab/history@1',
      epochs: this.#epochs,
      underWay: pending && underWay ? changeOf(pending, lastTimeOf(pending)) : null,
    }
  }

  #onTopology({ at, epoch, master, roles, reason }: CorelabEvent & { kind: 'topology' }): void {
    const current = this.#epochs.at(-1)
    if (master === null) {
      if (!current) this.#epochs.push(epochOf({ epoch, master: masterIn(roles), openedAt: null }))
      const pending = this.#begun(at)
      pending.closedAt ??= at
      // A switchover that failed behind its seal goes on as a failover, and says so.
      pending.reason = reason
      return
    }
    if (!current || epoch > current.epoch) this.#open({ at, epoch, master, reason })
    else if (this.#pending?.closedAt != null) this.#takeBack(current, at, reason)
  }

  #open({ at, epoch, master, reason }: { at: string; epoch: number; master: string; reason: string }): void {
    const current = this.#epochs.at(-1)
    const pending = this.#pending
    const opened = epochOf({ epoch, master, openedAt: at })
    if (current) {
      current.closedAt = pending?.closedAt ?? at
      opened.burnt = Array.from(
        { length: epoch - current.epoch - 1 },
        (_, index) => current.epoch + 1 + index,
      )
      const change = pending ?? { startedAt: at, closedAt: null, reason, steps: [], refusals: [] }
      opened.change = changeOf(change, at, reason)
      this.#after = change.steps
    }
    this.#pending = null
    this.#epochs.push(opened)
  }

  /** The same master takes writes again. */
  #takeBack(current: Epoch, at: string, reason: string): void {
    if (this.#pending) current.undone.push(changeOf(this.#pending, at, reason))
    this.#pending = null
  }

  #onRefusal(at: string, message: string): void {
    const pending = this.#begun(at)
    if (pending.refusals.at(-1) !== message) pending.refusals.push(message)
    // Nothing had been closed: the refusal was all of it.
    const current = this.#epochs.at(-1)
    if (pending.closedAt === null && current) this.#takeBack(current, at, message)
  }

  #onStep(event: CorelabEvent & { kind: 'step.started' | 'step.done' | 'step.failed' }): void {
    const node = returnStep.exec(event.step)?.[1]
    const name = changeStep.exec(event.step)?.[1]
    if (node !== undefined) this.#onReturn(node, event)
    else if (name !== undefined) this.#onChangeStep(name, event)
  }

  #onChangeStep(
    name: string,
    event: CorelabEvent & { kind: 'step.started' | 'step.done' | 'step.failed' },
  ): void {
    // Replicas follow a master that is open already; every other step is part of a change that has yet to end.
    const steps = name === 'repoint' && this.#pending === null ? this.#after : this.#begun(event.at).steps
    const known = steps.findLast((step) => step.name === name)
    if (event.kind === 'step.started') {
      if (known) Object.assign(known, { attempts: known.attempts + 1, outcome: 'open', note: null })
      else steps.push({ name, attempts: 1, durationMs: 0, outcome: 'open', note: null })
      return
    }
    if (known) Object.assign(known, endOf(event), { durationMs: known.durationMs + event.durationMs })
    // Nothing was closed for it, and nothing follows.
    const current = this.#epochs.at(-1)
    if (name === 'check' && event.kind === 'step.failed' && this.#pending?.closedAt === null && current)
      this.#takeBack(current, event.at, event.error.message)
  }

  #onReturn(
    node: string,
    event: CorelabEvent & { kind: 'step.started' | 'step.done' | 'step.failed' },
  ): void {
    const returns = this.#epochs.at(-1)?.returns
    if (event.kind === 'step.started')
      returns?.push({ node, startedAt: event.at, durationMs: null, outcome: 'open', note: null })
    else {
      const known = returns?.findLast((each) => each.node === node)
      if (known) Object.assign(known, endOf(event), { durationMs: event.durationMs })
    }
  }

  #begun(at: string): Pending {
    this.#pending ??= { startedAt: at, closedAt: null, reason: null, steps: [], refusals: [] }
    return this.#pending
  }
}

function endOf(event: CorelabEvent & { kind: 'step.done' | 'step.failed' }): {
  readonly outcome: 'done' | 'failed'
  readonly note: string | null
} {
  return event.kind === 'step.done'
    ? { outcome: 'done', note: event.summary ?? null }
    : { outcome: 'failed', note: event.error.message }
}

function epochOf(facts: { epoch: number; master: string; openedAt: string | null }): Epoch {
  return { ...facts, closedAt: null, change: null, burnt: [], undone: [], returns: [] }
}

function changeOf(pending: Pending, endedAt: string, reason?: string): Change {
  const { startedAt, closedAt, steps, refusals } = pending
  const endMs = Date.parse(endedAt)
  const names = steps.map(({ name }) => name)
  return {
    kind: kindOf(names),
    reason: pending.reason ?? reason ?? '',
    startedAt,
    durationMs: endMs - Date.parse(startedAt),
    closedMs: closedAt === null ? null : endMs - Date.parse(closedAt),
    steps,
    refusals,
  }
}

/** Both seal, attach and open; only a failover has to ask who has what. */
function kindOf(names: readonly string[]): Change['kind'] {
  if (names.includes('survey') || names.includes('halt')) return 'failover'
  return names.includes('check') || names.includes('quiesce') ? 'switchover' : 'failover'
}

function lastTimeOf({ startedAt, closedAt }: Pending): string {
  return closedAt ?? startedAt
}

function masterIn(roles: Readonly<Record<string, string>>): string {
  return Object.entries(roles).find(([, role]) => role === 'master')?.[0] ?? '?'
}
