import type { HistoryEvent } from '../model/history-event.js'
import type { AppendValue } from './recorded-appends.js'
import type { TransferValue } from './recorded-transfers.js'

/** What became of writes whose clients got no answer, as far as asking again under the same name told. */
export interface ResolvedUnknowns {
  /** Names that were without an answer at least once. */
  readonly met: number
  /** Asked again: it had been applied already. */
  readonly foundApplied: number
  /** Asked again: it had not been, and was applied then. */
  readonly appliedThen: number
}

/** Folds a history into what became of unknown outcomes. Memory grows with the number of unresolved names only. */
export class UnknownFold {
  readonly #unresolved = new Set<string>()
  readonly #open = new Map<HistoryEvent['process'], string>()
  #met = 0
  #foundApplied = 0
  #appliedThen = 0

  add(event: HistoryEvent): void {
    const name = nameOf(event)
    if (name === null) return
    if (event.type === 'invoke') {
      this.#open.set(event.process, name)
      return
    }
    this.#open.delete(event.process)
    if (event.type === 'info') this.#meet(name)
    if (event.type !== 'ok' || !this.#unresolved.delete(name)) return
    if ((event.value as { readonly replayed?: boolean }).replayed) this.#foundApplied++
    else this.#appliedThen++
  }

  /** At the end; a call that never ended is one without an answer. */
  result(): ResolvedUnknowns {
    for (const name of this.#open.values()) this.#meet(name)
    this.#open.clear()
    return { met: this.#met, foundApplied: this.#foundApplied, appliedThen: this.#appliedThen }
  }

  #meet(name: string): void {
    if (this.#unresolved.has(name)) return
    this.#unresolved.add(name)
    this.#met++
  }
}

function nameOf(event: HistoryEvent): string | null {
  if (event.process === 'nemesis') return null
  if (event.f === 'transfer') return (event.value as TransferValue).key
  if (event.f !== 'append') return null
  const { client, n } = event.value as AppendValue
  return `${client}/${n}`
}
