import type { FigureName } from '../reference-platform.js'
import type { DemandProfile, LeftOut } from './service-demand.js'
import type { TargetHost } from './target-host.js'
import type { Spread } from './unknowns.js'
import type { UslFit } from './usl.js'

/** What results of this host let one expect of another one. Nothing in `figures` was measured; `measured` was. */
export interface Projection {
  readonly schema: 'corelab/projection@1'
  readonly seed: number
  readonly draws: number
  readonly target: TargetHost
  /** Speed of one busy core of the target over one of this host: median and 90 %. */
  readonly speed: Spread & { readonly by: string }
  readonly measured: readonly MeasuredHere[]
  readonly figures: readonly ProjectedFigure[]
  readonly leftOut: readonly LeftOut[]
  readonly notes: readonly string[]
}

/** Of this host. */
export interface MeasuredHere {
  readonly profile: DemandProfile
  /** How this host's rate goes with connections; never used for the target. null with fewer than four levels. */
  readonly usl: UslFit | null
}

export interface ProjectedFigure {
  readonly figure: FigureName
  /** What the published figure says: 200,000 for `reads`. */
  readonly goal: number
  readonly unit: 'QPS' | 'TPS'
  readonly scenario: string
  readonly transport: string
  /** Operations per second on the target. */
  readonly perSecond: Spread
  /** Share of the draws that reach the goal. */
  readonly chanceOfGoal: number
  /** Limits, by how often they were the lowest one. */
  readonly constraints: readonly Constraint[]
  readonly needed: readonly CoresNeeded[]
  /** Share of the draws in which a limit other than CPU is below the goal: then no number of cores reaches it. */
  readonly notByCores: number
  /** Measurements by what they would take off the interval, best first. */
  readonly nextMeasurements: readonly NextMeasurement[]
}

export interface Constraint {
  readonly name: string
  readonly bindsShare: number
  readonly perSecond: Spread
}

/** The inverse answer: physical cores of the target's kind that the goal needs, of all hosts of a pool together. */
export interface CoresNeeded {
  readonly pool: string
  readonly hosts: number
  readonly cores: Spread
}

export interface NextMeasurement {
  /** The unknown that it would fix. */
  readonly unknown: string
  readonly what: string
  readonly command: string | null
  /** Width of the 90 % interval, high over low, now and with it. */
  readonly widthNow: number
  readonly widthThen: number
}
