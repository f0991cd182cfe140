import type { MysqlTarget } from '../clients/mysql/connection.js'
import { withConnection } from '../clients/mysql/with-connection.js'
import { present } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import { asStep } from '../kit/events.js'
import { hash32 } from '../kit/random.js'
import { formatCount } from '../kit/units.js'
import type { PopulationSpec } from '../population/population.js'
import { mysql2Driver } from './drivers/mysql2-driver.js'
import {
  defaultWarmUpMs,
  figureSentence,
  type Measurement,
  measurementOf,
  runMeasured,
} from './measurement.js'
import { readServerConditions, type ServerConditions } from './server-conditions.js'
import { type AccountReadParams, accountReadSql } from './workloads/account-read.js'

export interface ReadMeasurementOptions {
  /** The nodes that serve reads; connections are spread evenly over them. */
  readonly targets: readonly MysqlTarget[]
  readonly population: PopulationSpec
  readonly connections: number
  readonly durationMs: number
  /** Excluded from the figure. Default 2 s. */
  readonly warmUpMs?: number
}

const step = 'load.reads'

/** Decoding costs a little: so few rows that it does not show, and thousands in a run. */
const verifyOneIn = 64

/**
 * Primary-key reads of one account's balance, closed loop. Throws what opening a session throws, VERIFY_FAILED when no
 * read ended well.
 */
export function measureReads(options: ReadMeasurementOptions, context: Context): Promise<Measurement> {
  const { connections, targets } = options
  const title = `Read balances by key, ${formatCount(connections)} connections to ${targets.length} nodes`
  return asStep(context.emit, { step, title }, context.clock, () => measure(options, context), figureSentence)
}

async function measure(options: ReadMeasurementOptions, context: Context): Promise<Measurement> {
  const { targets, population, connections, durationMs, warmUpMs = defaultWarmUpMs } = options
  const conditions = await conditionsOf(present(targets[0], 'read target'), context)
  const params: AccountReadParams = {
    ...{ driver: 'mysql2', targets, population, access: { kind: 'uniform' }, verifyOneIn },
  }
  const record = await runMeasured(
    {
      ...{ step, connections, durationMs, warmUpMs, seed: hash32(`reads ${population.seed}`) },
      workload: { name: 'account-read', params },
    },
    context,
  )
  const what = { name: 'read', statement: accountReadSql(0), driver: mysql2Driver.name } as const
  return measurementOf(record, what, conditions)
}

/** Read before the run: a node that dies in it must not cost the figure. */
function conditionsOf(target: MysqlTarget, { signal }: Context): Promise<ServerConditions> {
  return withConnection(target, { connectTimeoutMs: 5000, signal }, (connection) =>
    readServerConditions(connection, { schema: 'act', tablePattern: 'settlement_account_%' }),
  )
}
