import type { HistoryEvent } from '../model/history-event.js'

/** The value of an `append` event: the row's name; in an `ok` also who took it. */
export interface AppendValue {
  readonly client: number
  /** Counted up by the client, from 0. */
  readonly n: number
  readonly epoch?: number
  readonly server?: number
  /** In an `ok`: the row was there already when this call came. */
  readonly replayed?: boolean
}

/** What the client knows of one append at the end, by the best that it was told. */
export const appendOutcome = { none: 0, failed: 1, unknown: 2, acknowledged: 3 } as const

export type AppendOutcome = (typeof appendOutcome)[keyof typeof appendOutcome]

/** What clients know about their appends. */
export interface RecordedAppends {
  /** By client: the outcome of each append, at the index of its number. One byte each. */
  readonly byClient: ReadonlyMap<number, Uint8Array>
  readonly acknowledged: number
  readonly failed: number
  /** Never told OK, and at least one call was told nothing. */
  readonly unknown: number
  /** Acknowledged before the first fault began, and after it; null without a fault. */
  readonly fault: { readonly acknowledgedBefore: number; readonly acknowledgedAfter: number } | null
}

/** Folds the events of a history into what was acknowledged. Memory: one byte per append. */
export class AppendFold {
  readonly #clients = new Map<number, OutcomeList>()
  readonly #open = new Map<HistoryEvent['process'], AppendValue>()
  #acknowledged = 0
  #faultAtAcknowledged: number | null = null

  add(event: HistoryEvent): void {
    if (event.process === 'nemesis') this.#faultAtAcknowledged ??= this.#acknowledged
    if (event.process === 'nemesis' || event.f !== 'append') return
    const value = event.value as AppendValue
    const outcomes = this.#outcomesOf(value.client)
    if (event.type === 'invoke') {
      this.#open.set(event.process, value)
      return
    }
    this.#open.delete(event.process)
    if (event.type === 'ok') this.#acknowledge(outcomes, value)
    else if (event.type === 'info') outcomes.raise(value.n, appendOutcome.unknown)
    else outcomes.raise(value.n, appendOutcome.failed)
  }

  /** What is known at the end; calls that never ended are unknown. */
  result(): RecordedAppends {
    for (const value of this.#open.values()) {
      this.#outcomesOf(value.client).raise(value.n, appendOutcome.unknown)
    }
    const byClient = new Map([...this.#clients].map(([client, list]) => [client, list.values()]))
    const before = this.#faultAtAcknowledged
    return {
      byClient,
      acknowledged: count(byClient, appendOutcome.acknowledged),
      failed: count(byClient, appendOutcome.failed),
      unknown: count(byClient, appendOutcome.unknown),
      fault:
        before === null
          ? null
          : { acknowledgedBefore: before, acknowledgedAfter: this.#acknowledged - before },
    }
  }

  #acknowledge(outcomes: OutcomeList, value: AppendValue): void {
    if (outcomes.at(value.n) === appendOutcome.acknowledged) return
    this.#acknowledged++
    outcomes.raise(value.n, appendOutcome.acknowledged)
  }

  #outcomesOf(client: number): OutcomeList {
    const known = this.#clients.get(client)
    if (known) return known
    const list = new OutcomeList()
    this.#clients.set(client, list)
    return list
  }
}

/** The appends of a history that is at hand as a whole. */
export function recordedAppends(events: Iterable<HistoryEvent>): RecordedAppends {
  const fold = new AppendFold()
  for (const event of events) fold.add(event)
  return fold.result()
}

/** Outcomes by number; what is known better replaces what is known worse. */
class OutcomeList {
  #bytes = new Uint8Array(1024)
  #length = 0

  at(n: number): number {
    return this.#bytes[n] ?? appendOutcome.none
  }

  raise(n: number, outcome: AppendOutcome): void {
    if (n >= this.#bytes.length) {
      const grown = new Uint8Array(Math.max(n + 1, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#length = Math.max(this.#length, n + 1)
    if (outcome > this.at(n)) this.#bytes[n] = outcome
  }

  values(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

function count(byClient: ReadonlyMap<number, Uint8Array>, outcome: AppendOutcome): number {
  let found = 0
  for (const outcomes of byClient.values()) for (const each of outcomes) if (each === outcome) found++
  return found
}
