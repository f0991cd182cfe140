import type { RowRange } from './chunk-keys.js'
import type { LoadedChunk } from './load-ledger.js'

/** Rows of one statement that have reached the server, not yet committed. */
export interface RowsSent {
  readonly rows: number
  readonly bytes: number
  /** Keys whose rows these are. */
  readonly keys: number
}

/**
 * How the rows of a chunk get into the databases. A chunk is all or nothing, and its entry in the ledger comes with
 * it.
 */
export interface LoadPath {
  readonly customersPerChunk: number
  /** Throws DATABASE_REFUSED, DATABASE_UNREACHABLE, WRITE_OUTCOME_UNKNOWN, CANCELLED, or what the file system says. */
  loadChunk(range: RowRange, onRows: (sent: RowsSent) => void, signal: AbortSignal): Promise<LoadedChunk>
}
