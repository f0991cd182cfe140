import { reasonOf } from '../../kit/errors.js'
import { plantNamed } from '../plant/plant-named.js'
import { type RunResult, runSeed } from '../run/run-seed.js'

/** Consecutive seeds: what a thread is given at a time. */
export interface Chunk {
  readonly from: number
  readonly count: number
}

/** What all runs of a campaign have in common. Plain data, because it goes to threads. */
export interface SeedJob {
  /** Virtual, of each run. */
  readonly seconds: number
  /** The name of a planted bug; null: what corelab really does. */
  readonly plant: string | null
  /** The seeds of a chunk after its first violation are not wanted. */
  readonly stopAtFirst: boolean
}

export type ChunkReport =
  | { readonly kind: 'ran'; readonly runs: readonly RunResult[] }
  /** A run ended with something that is no violation: the simulator itself, or a machine, is broken. */
  | { readonly kind: 'broke'; readonly seed: number; readonly reason: string; readonly stack: string }

/** Runs the seeds of a chunk, one after the other. */
export function runChunk({ seconds, plant, stopAtFirst }: SeedJob, { from, count }: Chunk): ChunkReport {
  const planted = plant === null ? {} : { parts: plantNamed(plant).parts }
  const runs: RunResult[] = []
  for (let seed = from; seed < from + count; seed++) {
    try {
      const run = runSeed({ seed, seconds, ...planted })
      runs.push(run)
      if (stopAtFirst && run.violation !== null) break
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? '') : ''
      return { kind: 'broke', seed, reason: reasonOf(error), stack }
    }
  }
  return { kind: 'ran', runs }
}
