import { type MysqlTarget, openConnection } from '../clients/mysql/connection.js'
import { present } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import { asStep } from '../kit/events.js'
import { hash32, seededRandom } from '../kit/random.js'
import { formatCount } from '../kit/units.js'
import type { PopulationSpec } from '../population/population.js'
import { AccountSampler, sampledPopulation } from './account-sampler.js'
import { mysql2Driver } from './drivers/mysql2-driver.js'
import { defaultWarmUpMs, figureSentence, type Measurement, measurementOf } from './measurement.js'
import { readServerConditions, type ServerConditions } from './server-conditions.js'
import { runWatched } from './watched-run.js'
import { PointReadSession, pointReadSql, pointReadStatements } from './workloads/point-read.js'

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
  const { targets, connections, durationMs, warmUpMs = defaultWarmUpMs } = options
  const population = sampledPopulation(options.population)
  const seeds = seededRandom(hash32(`reads ${options.population.seed}`))
  const targetOf = (index: number) => present(targets[index % targets.length], 'read target')
  const conditions = await conditionsOf(targetOf(0), context)
  const run = await runWatched(
    step,
    {
      connections,
      durationMs,
      warmUpMs,
      openSession: async (index) => {
        const sampler = new AccountSampler(population, seeds.uint32())
        return new PointReadSession(await mysql2Driver.open(targetOf(index), pointReadStatements), sampler)
      },
    },
    context,
  )
  const what = { name: 'read', statement: pointReadSql(0), driver: mysql2Driver.name } as const
  return measurementOf(run, what, conditions)
}

/** Read before the run: a node that dies in it must not cost the figure. */
async function conditionsOf(target: MysqlTarget, { signal }: Context): Promise<ServerConditions> {
  const connection = await openConnection(target, { connectTimeoutMs: 5000, signal })
  try {
    return await readServerConditions(connection, { schema: 'act', tablePattern: 'settlement_account_%' })
  } finally {
    await connection.close()
  }
}
