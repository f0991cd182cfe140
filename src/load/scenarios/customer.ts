import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { AckData } from '../acks/ack-book.js'
import { type AckFolder, makeAckFolder } from '../acks/ack-files.js'
import { checkNothingLost } from '../acks/compare-acks.js'
import { bankTargetOf } from '../bank/bank-target.js'
import { type BenchCore, environmentOf, populationOf } from '../bench/bench-core.js'
import { withMasterNow, withSettledNodes } from '../bench/nodes-now.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { LoadRecord } from '../engine/load-record.js'
import { readServerConditions } from '../server-conditions.js'
import {
  type CustomerParams,
  customerChanges,
  customerTransactions,
  wrongAnswerClass,
} from '../workloads/customer.js'
import { checkReplicas } from './check-replicas.js'
import { fewerClients, requireOpenFiles } from './connection-room.js'
import { appliedKeys, checkCustomerEffects } from './customer-effects.js'
import { freshKeyPrefix } from './key-prefix.js'
import { requirePools } from './router-room.js'
import { numberOf, optionsOf, type Prepared, planOf, type Scenario } from './scenario.js'

/** The customer system of the reference platform: "more than 15,000 TPS". */
export const customerScenario: Scenario = Object.freeze({
  name: 'customer',
  title: 'Business transactions of the customer system: find, 360 view, change, open, add an account',
  unit: 'TPS',
  about: [
    'One operation is one business transaction as a clerk or a channel asks for it, not one statement: by default 25 %',
    'find by mobile number, 30 % find by customer number, 25 % 360 view (customer, accounts, last entries: three calls),',
    '10 % change of address, 5 % opening of a customer, 5 % further account. Writes are durable, acknowledged by qlink,',
    'and idempotent by key; reads go to the readers. via=http calls the subsystem host over one kept connection per',
    'client; via=direct calls the same operations in the load generator, straight on the router, and so shows what the',
    'services cost.',
  ].join(' '),
  needs: ['customers (corelab users load)'],
  options: [
    {
      name: 'via',
      summary: 'through the HTTP services, or straight on the router',
      default: 'http',
      values: ['http', 'direct'],
    },
    {
      name: 'pool',
      summary: 'connections per node and subsystem with via=direct',
      default: '12',
      values: { min: 1, max: 200 },
    },
    ...customerTransactions.map((name, index) => ({
      name,
      summary: `weight of ${name} in the mix`,
      default: `${[25, 30, 25, 10, 5, 5][index]}`,
      values: { min: 0, max: 1000 },
    })),
  ],
  prepare,
})

const scenario: Pick<Scenario, 'name' | 'options'> = customerScenario

async function prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
  const options = optionsOf(scenario, wishes)
  const environment = environmentOf(core, scenario.name)
  const population = populationOf(core, scenario.name)
  const weights = customerTransactions.map((name) => numberOf(options, name))
  if (weights.every((weight) => weight === 0))
    throw corelabError('USAGE', {
      message: 'The mix of customer is empty: every weight is 0',
      fix: ['corelab bench describe customer'],
    })
  const writes = customerChanges.some((name) => numberOf(options, name) > 0)
  const pool = numberOf(options, 'pool')
  if (options.via === 'direct')
    await requirePools(core, wishes, { nodes: core.databases, size: pool, accounts: 2 }, context)
  else requireOpenFiles(wishes.connections, fewerClients(wishes))
  const acks = await makeAckFolder()
  const via = options.via === 'direct' ? 'direct' : 'http'
  const keyPrefix = freshKeyPrefix('c', context.clock)
  const params: CustomerParams = {
    via,
    target: bankTargetOf(environment, pool),
    population,
    keyPrefix,
    ackDir: acks.dir,
    weights,
  }
  const plan = planOf(wishes, { name: scenario.name, params })
  return {
    plan,
    conditions: {
      ...(await conditionsOf(core, context)),
      transport: via === 'http' ? 'http' : 'unix-socket',
      customers: population.customers,
    },
    driver: via === 'http' ? 'http' : 'router',
    writes,
    verify: (record, calm) => verify(core, { acks, keyPrefix, threads: plan.workers, writes, record }, calm),
    dispose: () => acks.remove(),
  }
}

function conditionsOf(core: BenchCore, context: Context) {
  return withMasterNow(core, context, async (connection) => {
    const cif = await readServerConditions(connection, { schema: 'cif', tablePattern: '%' })
    const act = await readServerConditions(connection, { schema: 'act', tablePattern: '%' })
    return { ...cif, dataBytes: cif.dataBytes + act.dataBytes }
  })
}

interface Run {
  readonly acks: AckFolder
  readonly keyPrefix: string
  readonly threads: number
  /** Whether the mix changes anything. */
  readonly writes: boolean
  readonly record: LoadRecord
}

async function verify(
  core: BenchCore,
  { acks, keyPrefix, threads, writes, record }: Run,
  context: Context,
): Promise<readonly BenchCheck[]> {
  if (!writes) return [checkAnswers(record)]
  const books = await acks.read<AckData>(threads)
  return withSettledNodes(core, context, async (settled) => {
    const { nodes } = settled
    const found: { where: string; keys: string[] }[] = []
    for (const { node, connection } of nodes)
      found.push({ where: node, keys: await appliedKeys(connection, keyPrefix) })
    return [
      checkAnswers(record),
      ...checkReplicas(settled),
      checkNothingLost({ prefix: keyPrefix, books, found, noun: 'changes' }),
      await checkCustomerEffects(nodes[0].connection, keyPrefix),
    ]
  })
}

/** What was answered against what the population says; a wrong answer ended its operation as failed. */
function checkAnswers({ classes, counted }: LoadRecord): BenchCheck {
  const wrong = classes.reduce((sum, { errors }) => sum + (errors[wrongAnswerClass] ?? 0), 0)
  const right = counted.answersVerified ?? 0
  return {
    name: 'answers are the right ones',
    valid: wrong === 0 && right > 0,
    summary: `${formatCount(right)} answers were what the population or the change says, ${formatCount(wrong)} were not`,
  }
}
