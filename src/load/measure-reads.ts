import type { MysqlTarget } from '../clients/mysql/connection.js'
import { BugError } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import type { ThroughputFigure } from '../model/demo-result.js'
import type { PopulationSpec } from '../population/population.js'
import type { LoadRunResult } from './load-run.js'

export interface ReadMeasurementOptions {
  /** The nodes that serve reads; connections are spread evenly over them. */
  readonly targets: readonly MysqlTarget[]
  readonly population: PopulationSpec
  readonly connections: number
  readonly durationMs: number
  /** Excluded from the figure. Default 2 s. */
  readonly warmUpMs?: number
}

/** A figure for people, and the run behind it for plots. */
export interface Measurement {
  readonly figure: ThroughputFigure
  readonly run: LoadRunResult
}

/** Primary-key reads of one account's balance, closed loop. */
export async function measureReads(
  _options: ReadMeasurementOptions,
  _context: Context,
): Promise<Measurement> {
  throw new BugError('not built yet')
}
