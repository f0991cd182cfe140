import type { BenchCheck, BenchHost } from './bench-result.js'

/** Two sides measured against each other, for machines: `comparison.json`. Every number is a ratio `a : b`. */
export interface BenchComparison {
  readonly schema: 'corelab/bench-comparison@1'
  readonly id: string
  readonly startedAt: string
  readonly command: string
  readonly corelab: { readonly version: string; readonly gitRevision: string | null }
  readonly host: BenchHost
  /** `interleaved`: ABBA blocks within one run. `saved`: from files; what the host did meanwhile is in the ratio. */
  readonly how: 'interleaved' | 'saved'
  readonly sides: { readonly a: ComparedSide; readonly b: ComparedSide }
  /** What both sides have in common, in words: connections, data, durability... */
  readonly conditions: readonly (readonly [name: string, value: string])[]
  /** Of everything that makes two comparisons repeats of each other. */
  readonly digest: string
  readonly seed: number
  /** In the order in which they were measured; empty for saved runs. */
  readonly blocks: readonly ComparedBlock[]
  readonly ratios: readonly ComparedRatio[]
  readonly noise: ComparisonNoise
  readonly gates: readonly GateVerdict[]
  /** Those that failed make the comparison none. */
  readonly checks: readonly BenchCheck[]
  /** null = the comparison holds; else why it claims nothing. */
  readonly notAComparison: string | null
}

export type SideName = 'a' | 'b'

export interface ComparedSide {
  /** What sets it apart from the other: `wire`, `sysbench`, `node=master`, a file. */
  readonly label: string
  readonly scenario: string
  readonly driver: string
  /** Knobs that were given for this side. */
  readonly options: Readonly<Record<string, string>>
}

export interface ComparedBlock extends BlockFigures {
  readonly side: SideName
  /** ABBA rounds, from 0. */
  readonly round: number
  readonly startedAt: string
  readonly windowMs: number
  /** Of the block's seconds, by the noise sentinel; null when it was too short to know. */
  readonly noisyShare: number | null
  /** Left out, with its round, by the rule that was fixed beforehand. */
  readonly contaminated: boolean
}

export type ComparedMeasure = 'perSecond' | 'p50Us' | 'p95Us' | 'p99Us' | 'clientCpuUs' | 'totalCpuUs'

/** null = this side cannot tell. */
export interface BlockFigures extends Readonly<Record<ComparedMeasure, number | null>> {
  readonly ok: number
  readonly failed: number
}

export interface ComparedRatio {
  readonly measure: ComparedMeasure
  readonly better: 'higher' | 'lower'
  /** Medians over the blocks, to have a scale; no claim rests on them. */
  readonly a: number | null
  readonly b: number | null
  /** Within this run: block bootstrap over neighbouring blocks. null when there are too few. */
  readonly withinRun: RatioInterval | null
  /** Over separate runs of the same comparison: another number, and the larger one as a rule. */
  readonly betweenRuns: BetweenRuns | null
  readonly verdict: 'a-better' | 'b-better' | 'no-difference' | 'unknown'
}

export interface RatioInterval {
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly level: number
}

export interface BetweenRuns {
  readonly runs: number
  readonly min: number
  readonly max: number
  /** Standard deviation of the runs' ratios over their mean. */
  readonly relativeDeviation: number
}

export interface ComparisonNoise {
  readonly verdict: 'quiet' | 'noisy'
  /** In a sentence, with the numbers. */
  readonly reason: string
  readonly rounds: number
  readonly roundsLeftOut: number
}

/** What a ratio has to reach; data in `bench/gates`. */
export interface BenchGate {
  readonly name: string
  readonly scenario: string
  readonly against: string
  readonly connections: number
  readonly measure: ComparedMeasure
  readonly atLeast?: number
  readonly atMost?: number
}

export interface GateVerdict {
  readonly gate: BenchGate
  readonly ratio: RatioInterval | null
  /** `open`: the interval holds the limit, and the estimate is on the wrong side of it; or the host was noisy. */
  readonly verdict: 'met' | 'missed' | 'open'
}
