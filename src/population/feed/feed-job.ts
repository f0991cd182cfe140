import type { PopulationSpec } from '../population.js'
import type { PopulationTableName } from '../tables/population-table.js'
import type { SharedKeys } from './shared-keys.js'

/** What a feeding thread begins with. */
export interface FeedThreadData {
  readonly spec: PopulationSpec
  /** One 32-bit number; whoever makes it 1 wants the rows to end early. */
  readonly stop: SharedArrayBuffer
}

/** A piece of work for a feeding thread: keys to be made, or the rows of one sub-table to be written into a pipe. */
export type FeedJob =
  | { readonly kind: 'keys'; readonly shared: SharedKeys; readonly part: number }
  | {
      readonly kind: 'rows'
      readonly table: PopulationTableName
      readonly subTable: number
      /** null in the order `batch`, whose few keys each job makes by itself. */
      readonly shared: SharedKeys | null
      /** The pipe that the server reads. */
      readonly fifo: string
    }

export interface FedRows {
  readonly rows: number
  readonly bytes: number
  /** Sum of their amounts, minor units. */
  readonly amount: number
  /** Of the rows that were made, by legal entity: `EntityDigests.cells`. Empty when only keys were. */
  readonly digests: Float64Array
}

/** What it says: how much more was written, how a job ended, or why it could not be done. */
export type FeedReport =
  | { readonly kind: 'more'; readonly rows: number; readonly bytes: number; readonly keys: number }
  | { readonly kind: 'done'; readonly fed: FedRows }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'broke'; readonly reason: string; readonly stack: string; readonly errno: string | null }
