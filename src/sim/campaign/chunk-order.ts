import { assert } from '../../kit/assert.js'
import type { RunResult } from '../run/run-seed.js'
import type { Chunk } from './run-chunk.js'

/** Hands out chunks, and gives their runs back in the order of their seeds, whoever was faster. */
export class ChunkOrder {
  readonly #from: number
  readonly #seeds: number
  readonly #size: number
  readonly #aheadMax: number
  readonly #early = new Map<number, readonly RunResult[]>()
  readonly #waiting: (() => void)[] = []
  #handedOut = 0
  #taken = 0
  #isClosed = false

  /** `aheadMax`: how many seeds may be handed out beyond the last one taken: what bounds the memory. */
  constructor(options: {
    readonly from: number
    readonly seeds: number
    readonly size: number
    readonly aheadMax: number
  }) {
    this.#from = options.from
    this.#seeds = options.seeds
    this.#size = options.size
    this.#aheadMax = options.aheadMax
  }

  /** The next chunk; waits while the slowest is too far behind. null: there are no more. */
  async next(): Promise<Chunk | null> {
    while (this.#isTooFarAhead()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const count = Math.min(this.#size, this.#seeds - this.#handedOut)
    if (count <= 0 || this.#isClosed) return null
    const chunk = { from: this.#from + this.#handedOut, count }
    this.#handedOut += count
    return chunk
  }

  /** The runs that can be counted now: those of this chunk and of what waited for it, if nothing is missing before. */
  take(chunk: Chunk, runs: readonly RunResult[]): readonly RunResult[] {
    assert(!this.#early.has(chunk.from), `seed ${chunk.from} was run twice`)
    this.#early.set(chunk.from, runs)
    const inOrder: RunResult[] = []
    let ready = this.#early.get(this.#from + this.#taken)
    while (ready !== undefined) {
      this.#early.delete(this.#from + this.#taken)
      this.#taken += Math.min(this.#size, this.#seeds - this.#taken)
      inOrder.push(...ready)
      ready = this.#early.get(this.#from + this.#taken)
    }
    this.#wakeAll()
    return inOrder
  }

  /** No more chunks: whoever waits for one gets none. */
  close(): void {
    this.#isClosed = true
    this.#wakeAll()
  }

  #isTooFarAhead(): boolean {
    const isAhead = this.#handedOut - this.#taken >= this.#aheadMax
    return isAhead && this.#handedOut < this.#seeds && !this.#isClosed
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
