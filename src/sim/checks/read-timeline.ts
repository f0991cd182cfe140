/** What was acknowledged when, to judge what a later read must have seen. */
export class ReadTimeline {
  readonly #leaseUs: number
  readonly #positions = new Map<number, number>()
  readonly #timesUs: number[] = []
  readonly #highest: number[] = []

  constructor(leaseUs: number) {
    this.#leaseUs = leaseUs
  }

  written(key: number, position: number): void {
    this.#positions.set(key, position)
  }

  /** A client heard OK. */
  heard(key: number, nowUs: number): void {
    const position = this.#positions.get(key) ?? 0
    const highest = this.#highest.at(-1) ?? 0
    if (position <= highest) return
    this.#timesUs.push(nowUs)
    this.#highest.push(position)
  }

  /**
   * How many transactions were acknowledged more than a lease before the question, if the answer saw fewer; else null. An
   * old master that was replaced a moment ago may still have been believed in.
   */
  missing(committed: number, askedAtUs: number): number | null {
    const beforeUs = askedAtUs - this.#leaseUs
    let [low, high] = [0, this.#timesUs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#timesUs[middle] ?? 0) <= beforeUs) low = middle + 1
      else high = middle
    }
    const acknowledged = this.#highest[low - 1] ?? 0
    return committed < acknowledged ? acknowledged : null
  }
}
