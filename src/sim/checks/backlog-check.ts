/** What comes without being held back: writes that wait for their acknowledgement, and the keeper's own rows. */
const inFlightMax = 40

/**
 * I7: at a seal the shadow lacks no more than the limit, and what came between two looks at it. Only for a shadow that
 * answers, is not given up as stuck, and has been within the limit once since it was made shadow.
 */
export class BacklogCheck {
  readonly #limit: number
  #shadow: number | null = null
  #wasWithin = false
  #durable = 0
  #cameMax = 0
  #answers = false

  constructor(limit: number) {
    this.#limit = limit
  }

  polled(shadow: number, seen: { readonly backlog: number | null; readonly durable: number }): void {
    const isSame = shadow === this.#shadow && seen.backlog !== null && this.#answers
    if (shadow !== this.#shadow) this.#wasWithin = false
    this.#shadow = shadow
    this.#answers = seen.backlog !== null
    if (seen.backlog === null) this.#wasWithin = false
    else if (seen.backlog <= this.#limit) this.#wasWithin = true
    this.#cameMax = isSame ? Math.max(this.#cameMax, seen.durable - this.#durable) : 0
    this.#durable = seen.durable
  }

  /** `lacks`: of the durable log, at the seal. `isGivenUp`: it stood still for too long, and holds nobody up any more. */
  judge(seal: {
    readonly shadow: number
    readonly lacks: number
    readonly isGivenUp: boolean
  }): string | null {
    if (seal.isGivenUp || !this.#wasWithin || seal.shadow !== this.#shadow) return null
    const bound = this.#limit + 2 * this.#cameMax + inFlightMax
    return seal.lacks <= bound
      ? null
      : `the shadow lacks ${seal.lacks} transactions at the seal, more than ${bound}`
  }
}
