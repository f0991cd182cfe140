import type { RowRange } from './chunk-keys.js'
import type { LoadedChunk } from './load-ledger.js'

/** Rows of one statement that have reached the server, not yet committed. */
export interface RowsSent {
  readonly rows: number
  readonly bytes: number
}

/**
 * How the rows of a chunk get into the databases. A chunk is all or nothing, and its entry in the ledger comes with
 * it. The one path so far goes through the master and lets replication do the rest; a physical path (load one node,
 * copy its files) has the same shape.
 */
export interface LoadPath {
  readonly customersPerChunk: number
  /** Throws DATABASE_REFUSED, DATABASE_UNREACHABLE, WRITE_OUTCOME_UNKNOWN, CANCELLED, or what the file system says. */
  loadChunk(range: RowRange, onRows: (sent: RowsSent) => void, signal: AbortSignal): Promise<LoadedChunk>
}
