/** What a client knows of its write in the end. `failed`: certainly without effect. */
export type Outcome = 'open' | 'ok' | 'failed' | 'unknown'

/** What clients were told about every key they wrote. */
export class AckLedger {
  readonly #outcomes: Outcome[] = ['failed']
  acknowledged = 0
  unknown = 0
  resolved = 0

  newKey(): number {
    this.#outcomes.push('open')
    return this.#outcomes.length - 1
  }

  settle(key: number, outcome: Exclude<Outcome, 'open'>): void {
    this.#outcomes[key] = outcome
    if (outcome === 'ok') this.acknowledged++
    if (outcome === 'unknown') this.unknown++
  }

  get keys(): number {
    return this.#outcomes.length - 1
  }

  outcomeOf(key: number): Outcome {
    return this.#outcomes[key] ?? 'failed'
  }
}
