import type { MysqlTarget } from '../clients/mysql/connection.js'
import { BugError } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import type { Measurement } from './measure-reads.js'

export interface WriteMeasurementOptions {
  readonly master: MysqlTarget
  readonly connections: number
  readonly durationMs: number
  /** Excluded from the figure. Default 2 s. */
  readonly warmUpMs?: number
}

/** Single-row updates of `bench.kv` on the master, each its own durable transaction, closed loop. */
export async function measureWrites(
  _options: WriteMeasurementOptions,
  _context: Context,
): Promise<Measurement> {
  throw new BugError('not built yet')
}
