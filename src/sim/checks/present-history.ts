import type { History } from '../database/history.js'

/**
 * The one history: that of the master which routers are told of. A copy, because a server may lose what it had. How far
 * each node is known to be a prefix of it is remembered, so that only what is new is compared.
 */
export class PresentHistory {
  #numbers: number[] = []
  readonly #verified: number[]

  constructor(nodes: number) {
    this.#verified = new Array<number>(nodes).fill(0)
  }

  get length(): number {
    return this.#numbers.length
  }

  at(position: number): number {
    return this.#numbers[position - 1] ?? 0
  }

  become(log: History): void {
    this.#numbers = [...log.numbers]
    this.#verified.fill(0)
  }

  /** The master wrote more. Returns the position from which on it is new. */
  grow(log: History): number {
    const from = this.#numbers.length
    for (let index = from; index < log.length; index++) this.#numbers.push(log.numbers[index] ?? 0)
    return from + 1
  }

  /** The first position at which a node's history is not a prefix of this one; null when it is one. */
  firstStrayOf(node: number, log: History, length: number): number | null {
    let position = Math.min(this.#verified[node] ?? 0, length)
    while (position < length) {
      if (log.at(position + 1) !== this.at(position + 1)) return position + 1
      position++
    }
    this.#verified[node] = position
    return null
  }

  /** What the node has may be another history now. */
  doubt(node: number): void {
    this.#verified[node] = 0
  }
}
