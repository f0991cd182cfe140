import type { HistoryEvent } from '../model/history-event.js'

/** The value of a `transfer` event. Amounts in minor units, as decimal strings. */
export interface TransferValue {
  readonly key: string
  readonly le: string
  readonly payer: number
  readonly payee: number
  readonly amount: string
  /** In an `ok`: the money had already moved when this call came. */
  readonly replayed?: boolean
}

/** What clients know about the keys they used. A key is in one of the three sets, by the best that is known. */
export interface RecordedTransfers {
  /** At least one call with this key was told OK. */
  readonly acknowledged: ReadonlySet<string>
  /** Every call with this key was told that nothing was applied. */
  readonly failed: ReadonlySet<string>
  /** No call was told OK, and at least one was told nothing. */
  readonly unknown: ReadonlySet<string>
  /** Keys that were called more than once, with how often a call was told OK for the first time (not replayed). */
  readonly repeated: ReadonlyMap<string, number>
  /** Acknowledged before the first fault began, and after it; null without a fault. */
  readonly fault: { readonly acknowledgedBefore: number; readonly acknowledgedAfter: number } | null
}

/** Folds the events of a history, one by one, into what was acknowledged. Memory grows with the number of keys only. */
export class TransferFold {
  readonly #keys = new Map<string, KeyState>()
  /** What each process has invoked and not yet completed. */
  readonly #open = new Map<HistoryEvent['process'], string>()
  #faultAtAcknowledged: number | null = null
  #acknowledged = 0

  add(event: HistoryEvent): void {
    if (event.process === 'nemesis') this.#faultAtAcknowledged ??= this.#acknowledged
    if (event.process === 'nemesis' || event.f !== 'transfer') return
    const value = event.value as TransferValue
    const state = this.#stateOf(value.key)
    if (event.type === 'invoke') {
      state.calls++
      this.#open.set(event.process, value.key)
      return
    }
    this.#open.delete(event.process)
    if (event.type === 'info') state.unknown = true
    if (event.type !== 'ok') return
    if (!state.acknowledged) this.#acknowledged++
    state.acknowledged = true
    if (value.replayed !== true) state.firstTimes++
  }

  /** What is known at the end; calls that never ended are unknown. */
  result(): RecordedTransfers {
    for (const key of this.#open.values()) this.#stateOf(key).unknown = true
    const keysWhere = (matches: (state: KeyState) => boolean) =>
      new Set([...this.#keys].filter(([, state]) => matches(state)).map(([key]) => key))
    const before = this.#faultAtAcknowledged
    return {
      acknowledged: keysWhere((state) => state.acknowledged),
      failed: keysWhere((state) => !state.acknowledged && !state.unknown),
      unknown: keysWhere((state) => !state.acknowledged && state.unknown),
      repeated: new Map(
        [...this.#keys]
          .filter(([, { calls }]) => calls > 1)
          .map(([key, { firstTimes }]) => [key, firstTimes]),
      ),
      fault:
        before === null
          ? null
          : { acknowledgedBefore: before, acknowledgedAfter: this.#acknowledged - before },
    }
  }

  #stateOf(key: string): KeyState {
    const known = this.#keys.get(key)
    if (known) return known
    const state = { calls: 0, firstTimes: 0, acknowledged: false, unknown: false }
    this.#keys.set(key, state)
    return state
  }
}

interface KeyState {
  calls: number
  firstTimes: number
  acknowledged: boolean
  unknown: boolean
}

/** The transfers of a history that is at hand as a whole. */
export function recordedTransfers(events: Iterable<HistoryEvent>): RecordedTransfers {
  const fold = new TransferFold()
  for (const event of events) fold.add(event)
  return fold.result()
}
