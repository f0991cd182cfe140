/** What a population looks like beside what it was meant to look like; see `corelab users describe`. Plain data. */
export interface PopulationPortrait {
  readonly schema: 'corelab/portrait@1'
  /** In words, e.g. `100,000 customers of seed 1 in 81 entities`. */
  readonly population: string
  readonly command: string
  readonly corelab: string
  readonly customers: number
  /** How many customers were looked at: all of a small population, some of a large one. */
  readonly sampled: number
  readonly lookalike: boolean
  readonly sections: readonly PortraitSection[]
}

export interface PortraitSection {
  /** Used as an HTML id. */
  readonly id: string
  readonly title: string
  /** Where the targets are from. */
  readonly source: string
  readonly measures: readonly PortraitMeasure[]
  readonly plots: readonly PortraitPlot[]
}

export interface PortraitMeasure {
  readonly name: string
  readonly unit: 'percent' | 'count' | 'yuan' | 'ratio'
  readonly realised: number
  /** null: there is none, the value is shown for its own sake. */
  readonly target: number | null
  /** By how much chance, in a sample of this size, and rounding may move it; null without a target. */
  readonly tolerance: number | null
}

/** Drawn over a numeric axis; targets as a line over what was realised. */
export interface PortraitPlot {
  readonly id: string
  readonly title: string
  /** In words what there is to see. */
  readonly caption: string
  readonly xLabel: string
  readonly yLabel: string
  /** Behind a value, e.g. ` %`. */
  readonly unit: string
  /** Behind a value of the x axis. */
  readonly xUnit: string
  readonly scale: 'linear' | 'log'
  readonly xs: readonly number[]
  readonly realised: readonly (number | null)[]
  readonly target: readonly (number | null)[] | null
}

export function isOnTarget({ realised, target, tolerance }: PortraitMeasure): boolean | null {
  if (target === null || tolerance === null) return null
  return Math.abs(realised - target) <= tolerance
}
