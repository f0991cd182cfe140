import type { Chunk } from '../../../../src/sim/campaign/run-chunk.js'
import type { SeedRunner } from '../../../../src/sim/campaign/seed-thread.js'
import type { RunResult } from '../../../../src/sim/run/run-seed.js'

/** A run as it could have been; seeds in `bad` violate I4. */
export function runOf(seed: number, bad: readonly number[] = []): RunResult {
  const isBad = bad.includes(seed)
  return {
    seed,
    hash: seed.toString(16).padStart(16, '0'),
    events: 10,
    violation: isBad ? { invariant: 'I4', message: 'db-2 serves', atUs: 1_500_000 } : null,
    coverage: { 'failover completed': 1 },
    acknowledged: 5,
    unknown: 1,
    epochs: 2,
    faults: 3,
  }
}

/** Answers when it is let: so a test decides who is faster. */
export class FakeRunner implements SeedRunner {
  readonly chunks: Chunk[] = []
  isEnded = false
  readonly #bad: readonly number[]
  #answer: (() => void) | null = null
  #reject: ((error: Error) => void) | null = null

  constructor(bad: readonly number[] = []) {
    this.#bad = bad
  }

  run(chunk: Chunk): Promise<readonly RunResult[]> {
    this.chunks.push(chunk)
    return new Promise((resolve, reject) => {
      this.#reject = reject
      const seeds = Array.from({ length: chunk.count }, (_, index) => chunk.from + index)
      this.#answer = () => resolve(seeds.map((seed) => runOf(seed, this.#bad)))
    })
  }

  answer(): void {
    const answer = this.#answer
    this.#answer = null
    answer?.()
  }

  fail(error: Error): void {
    this.#reject?.(error)
  }

  async end(): Promise<void> {
    this.isEnded = true
    this.#reject?.(new Error('ended'))
  }
}
