import type { BenchHost } from './bench-result.js'

/** The figures of the reference platform beside those of this host, for machines: `figures.json`. */
export interface BenchFigures {
  readonly schema: 'corelab/bench-figures@1'
  readonly id: string
  readonly startedAt: string
  readonly command: string
  readonly corelab: { readonly version: string; readonly gitRevision: string | null }
  readonly host: BenchHost
  readonly profile: string
  /** Clients at the same time. */
  readonly users: number
  readonly measured: readonly MeasuredFigure[]
  readonly customers: { readonly reference: number; readonly loaded: number | null }
  /** Never in one list with what was measured. */
  readonly projected: ProjectedFigures
}

export interface MeasuredFigure {
  readonly name: string
  readonly scenario: string
  readonly unit: 'QPS' | 'TPS'
  readonly reference: number
  /** null = no figure; `notAFigure` says why. */
  readonly perSecond: number | null
  readonly perSecondInterval: readonly [number, number] | null
  readonly notAFigure: string | null
  /** This host : reference. */
  readonly ratio: number | null
  /** Over all cores of the host, clients included. */
  readonly perCore: number | null
  readonly errors: number | null
  /** What the figure may not be printed without. */
  readonly durability: string | null
  readonly data: string | null
  readonly load: string | null
  readonly noise: 'quiet' | 'noisy' | null
  /** Folder of its own report. */
  readonly dir: string | null
  readonly command: string | null
}

export interface ProjectedFigures {
  /** null = nothing could be projected; `reason` says why. */
  readonly target: { readonly name: string; readonly words: string; readonly isExample: boolean } | null
  readonly reason: string | null
  readonly rows: readonly {
    readonly name: string
    readonly unit: 'QPS' | 'TPS'
    readonly reference: number
    readonly median: number
    readonly low: number
    readonly high: number
    /** Share of the draws that reach the reference. */
    readonly chance: number
    readonly binding: string
  }[]
}
