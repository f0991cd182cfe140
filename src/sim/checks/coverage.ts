import { type Sometimes, sometimes } from './facts.js'

/** How often each of {@link sometimes} was met. */
export class Coverage {
  readonly #counts = new Map<Sometimes, number>()

  note(what: Sometimes): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  /** As plain data, in the order of the list, those at zero included. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(sometimes.map((what) => [what, this.#counts.get(what) ?? 0]))
  }
}
