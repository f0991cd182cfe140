import type { PopulationTableName } from '../tables/population-table.js'

/** What the checks between tables are asked with. */
export interface IntegrityOptions {
  /** Checks whose tables are not all among these are left out. */
  readonly has: (table: PopulationTableName) => boolean
  readonly onQuery: () => void
  readonly signal: AbortSignal
}
