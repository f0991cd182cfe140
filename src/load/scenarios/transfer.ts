import { collectTransferKeys } from '../../history/collect/transfer-keys.js'
import type { Context } from '../../kit/context.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { PopulationSpec } from '../../population/population.js'
import { type AckFolder, makeAckFolder } from '../acks/ack-files.js'
import { checkNothingLost } from '../acks/compare-acks.js'
import { bankTargetOf } from '../bank/bank-target.js'
import { type BenchCore, environmentOf, populationOf } from '../bench/bench-core.js'
import { withMasterNow, withSettledNodes } from '../bench/nodes-now.js'
import type { RunWishes } from '../bench/run-wishes.js'
import { readServerConditions } from '../server-conditions.js'
import type { TransferAcks, TransferParams } from '../workloads/bank-transfer.js'
import { checkReplicas } from './check-replicas.js'
import { freshKeyPrefix } from './key-prefix.js'
import { masterPoolSize, poolOption } from './master-pool.js'
import { numberOf, optionsOf, type Prepared, planOf, type Scenario } from './scenario.js'
import { checkMoney, checkMovedOnce } from './transfer-effects.js'

export const transferScenario: Scenario = Object.freeze({
  name: 'transfer',
  title: 'Transfers between two accounts of one legal entity, durable and booked once per key',
  unit: 'TPS',
  about: [
    'One operation is one transfer in one transaction on the master: both accounts locked in order, both balances, two',
    'entries, and the record under the idempotency key of the order. The commit is durable and acknowledged by qlink.',
    'One order in some is sent again, as an impatient customer does: nothing more may move. After the run every account',
    'of the bank is added up.',
  ].join(' '),
  needs: ['customers (corelab users load)'],
  options: [
    poolOption('connections per node'),
    {
      name: 'repeat',
      summary: 'one order in so many is sent again',
      default: '50',
      values: { min: 1, max: 1000 },
    },
  ],
  prepare,
})

const scenario: Pick<Scenario, 'name' | 'options'> = transferScenario

async function prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
  const options = optionsOf(scenario, wishes)
  const environment = environmentOf(core, scenario.name)
  const population = populationOf(core, scenario.name)
  const pool = await masterPoolSize(core, wishes, options, context)
  const acks = await makeAckFolder()
  const keyPrefix = freshKeyPrefix('t', context.clock)
  const params: TransferParams = {
    target: bankTargetOf(environment, pool),
    population,
    keyPrefix,
    ackDir: acks.dir,
    repeatOneIn: numberOf(options, 'repeat'),
  }
  const plan = planOf(wishes, { name: scenario.name, params })
  return {
    plan,
    conditions: {
      ...(await withMasterNow(core, context, (connection) =>
        readServerConditions(connection, { schema: 'act', tablePattern: '%' }),
      )),
      transport: 'unix-socket',
      customers: population.customers,
    },
    driver: 'router',
    writes: true,
    verify: (_record, calm) => verify(core, { acks, keyPrefix, population, threads: plan.workers }, calm),
    dispose: () => acks.remove(),
  }
}

interface Run {
  readonly acks: AckFolder
  readonly keyPrefix: string
  readonly population: PopulationSpec
  readonly threads: number
}

async function verify(core: BenchCore, run: Run, context: Context): Promise<readonly BenchCheck[]> {
  const { keyPrefix: prefix, population } = run
  const acks = await run.acks.read<TransferAcks>(run.threads)
  return withSettledNodes(core, context, async (settled) => {
    const { nodes } = settled
    const [master] = nodes
    const found: { where: string; keys: ReadonlySet<string> }[] = []
    for (const { node, connection } of nodes)
      found.push({ where: node, keys: await collectTransferKeys(connection, prefix) })
    return [
      ...checkReplicas(settled),
      checkNothingLost({ prefix, books: acks, found, noun: 'transfers' }),
      await checkMovedOnce(master.connection, { prefix, acks }),
      await checkMoney(master, population),
    ]
  })
}
