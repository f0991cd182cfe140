import type { MysqlTarget, SqlConnection } from '../clients/mysql/connection.js'
import { withConnection } from '../clients/mysql/with-connection.js'
import type { Context } from '../kit/context.js'
import { corelabError } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import { formatCount } from '../kit/units.js'
import { mysql2Driver } from './drivers/mysql2-driver.js'
import type { LoadRecord } from './engine/load-record.js'
import {
  defaultWarmUpMs,
  figureSentence,
  type Measurement,
  measurementOf,
  runMeasured,
} from './measurement.js'
import { readServerConditions } from './server-conditions.js'
import type { KeyValueParams } from './workloads/key-value.js'
import { fillBenchTable, updateStatementOf, updatesSeen } from './workloads/kv-table.js'

export interface WriteMeasurementOptions {
  readonly master: MysqlTarget
  readonly connections: number
  readonly durationMs: number
  /** Excluded from the figure. Default 2 s. */
  readonly warmUpMs?: number
}

const step = 'load.writes'
const schema = 'bench'

/**
 * Single-row updates of `bench.kv` on the master, each its own durable transaction, closed loop. Afterwards the table
 * must show exactly the updates that were acknowledged. Throws what opening a session throws, and VERIFY_FAILED.
 */
export function measureWrites(options: WriteMeasurementOptions, context: Context): Promise<Measurement> {
  const title = `Update single rows durably, ${formatCount(options.connections)} connections to the master`
  return asStep(context.emit, { step, title }, context.clock, () => measure(options, context), figureSentence)
}

function measure(options: WriteMeasurementOptions, context: Context): Promise<Measurement> {
  const { master, connections, durationMs, warmUpMs = defaultWarmUpMs } = options
  const params: KeyValueParams = {
    ...{ driver: 'mysql2', targets: [master], schema, statement: 'update', access: { kind: 'uniform' } },
    writesMax: null,
  }
  const load = { step, connections, durationMs, warmUpMs, seed: 1, workload: { name: 'key-value', params } }
  const { signal } = context
  return withConnection(master, { connectTimeoutMs: 5000, signal }, async (connection) => {
    await fillBenchTable(connection, schema)
    const before = await updatesSeen(connection, schema)
    const record = await runMeasured(load, context)
    await verifyUpdates(connection, before, record)
    const conditions = await readServerConditions(connection, { schema, tablePattern: 'kv' })
    const what = {
      name: 'write',
      statement: updateStatementOf(schema).sql,
      driver: mysql2Driver.name,
    } as const
    return measurementOf(record, what, conditions)
  })
}

/** A run whose effects are not what its clients were told is no figure. */
async function verifyUpdates(
  connection: SqlConnection,
  before: number,
  { total: { ok, unknown }, abandoned }: LoadRecord,
): Promise<void> {
  const seen = (await updatesSeen(connection, schema)) - before
  const possible = ok + unknown + abandoned
  if (seen >= ok && seen <= possible) return
  throw corelabError('VERIFY_FAILED', {
    message: `The table shows ${formatCount(seen)} updates, but ${formatCount(ok)} were acknowledged`,
    detail: `${formatCount(possible - ok)} more had an unknown outcome`,
  })
}
