import type { SqlConnection } from '../clients/mysql/connection.js'
import { BugError } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import type { PopulationSpec } from './population.js'

export interface LoadPopulationOptions extends PopulationSpec {
  /** A session with the master as `corelab_loader`. */
  readonly connection: SqlConnection
  /** A folder that the database server can read; temporary files come and go here. */
  readonly loadDir: string
}

export interface LoadOutcome {
  readonly customers: number
  readonly accounts: number
  /** Rows written by this call; 0 when everything was there already. */
  readonly rows: number
  /** Sum of all opening balances, in minor units. */
  readonly totalBalance: bigint
  readonly durationMs: number
  readonly points: readonly { readonly atMs: number; readonly rowsPerSecond: number }[]
  readonly alreadyLoaded: boolean
}

/**
 * Loads the population through the master; replication carries it to the other nodes. Goes on after whatever an
 * earlier call finished. Throws POPULATION_DIFFERS, LOAD_FAILED or CANCELLED.
 */
export async function loadPopulation(
  _options: LoadPopulationOptions,
  _context: Context,
): Promise<LoadOutcome> {
  throw new BugError('not built yet')
}
