import type { Context } from '../../kit/context.js'
import type { BlockFigures, ComparedSide } from '../../model/bench-comparison.js'
import type { BenchCheck, BenchResult } from '../../model/bench-result.js'

/** One of the two that are measured in turns. */
export interface CompareSide {
  readonly described: ComparedSide
  /** Measures one block. `index` counts the blocks of this side, so that each has choices of its own. */
  measure(index: number, context: Context): Promise<BlockSeen>
}

export interface BlockSeen {
  readonly startedAt: string
  readonly windowMs: number
  readonly figures: BlockFigures
  /** Of the seconds of the block; null when it was too short to know. */
  readonly noisyShare: number | null
  readonly checks: readonly BenchCheck[]
  /** null for a program that is not ours. */
  readonly result: BenchResult | null
  /** Why the block counts for nothing; null when it does. */
  readonly notAFigure: string | null
}
