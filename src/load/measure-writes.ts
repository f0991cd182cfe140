import { type MysqlTarget, openConnection, type SqlConnection } from '../clients/mysql/connection.js'
import type { Context } from '../kit/context.js'
import { corelabError } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import { seededRandom } from '../kit/random.js'
import { formatCount } from '../kit/units.js'
import { mysql2Driver } from './drivers/mysql2-driver.js'
import type { LoadRunResult } from './load-run.js'
import { defaultWarmUpMs, figureSentence, type Measurement, measurementOf } from './measurement.js'
import { readServerConditions } from './server-conditions.js'
import { runWatched } from './watched-run.js'
import {
  DurableWriteSession,
  durableWriteStatement,
  fillBenchTable,
  updatesSeen,
} from './workloads/durable-write.js'

export interface WriteMeasurementOptions {
  readonly master: MysqlTarget
  readonly connections: number
  readonly durationMs: number
  /** Excluded from the figure. Default 2 s. */
  readonly warmUpMs?: number
}

const step = 'load.writes'

/**
 * Single-row updates of `bench.kv` on the master, each its own durable transaction, closed loop. Afterwards the table
 * must show exactly the updates that were acknowledged. Throws what opening a session throws, and VERIFY_FAILED.
 */
export function measureWrites(options: WriteMeasurementOptions, context: Context): Promise<Measurement> {
  const title = `Update single rows durably, ${formatCount(options.connections)} connections to the master`
  return asStep(context.emit, { step, title }, context.clock, () => measure(options, context), figureSentence)
}

async function measure(options: WriteMeasurementOptions, context: Context): Promise<Measurement> {
  const { master, connections, durationMs, warmUpMs = defaultWarmUpMs } = options
  const connection = await openConnection(master, { connectTimeoutMs: 5000, signal: context.signal })
  try {
    await fillBenchTable(connection)
    const before = await updatesSeen(connection)
    const run = await runWatched(
      step,
      {
        connections,
        durationMs,
        warmUpMs,
        openSession: async (index) =>
          new DurableWriteSession(
            await mysql2Driver.open(master, [durableWriteStatement]),
            seededRandom(index + 1),
          ),
      },
      context,
    )
    await verifyUpdates(connection, before, run)
    const conditions = await readServerConditions(connection, { schema: 'bench', tablePattern: 'kv' })
    const statement = durableWriteStatement.sql
    return measurementOf(run, { name: 'write', statement, driver: mysql2Driver.name }, conditions)
  } finally {
    await connection.close()
  }
}

/** A run whose effects are not what its clients were told is no figure. */
async function verifyUpdates(connection: SqlConnection, before: number, run: LoadRunResult): Promise<void> {
  const seen = (await updatesSeen(connection)) - before
  const { ok, unknown } = run.total
  const possible = ok + unknown + run.abandoned
  if (seen >= ok && seen <= possible) return
  throw corelabError('VERIFY_FAILED', {
    message: `The table shows ${formatCount(seen)} updates, but ${formatCount(ok)} were acknowledged`,
    detail: `${formatCount(possible - ok)} more had an unknown outcome`,
  })
}
