import { openAmqp } from '../../clients/amqp.js'
import type { Context } from '../../kit/context.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import { type AckFolder, makeAckFolder } from '../acks/ack-files.js'
import { checkNothingLost } from '../acks/compare-acks.js'
import { type BenchCore, environmentOf } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { LoadRecord } from '../engine/load-record.js'
import { arrivedKeys, type BrokerAcks, type BrokerParams } from '../workloads/broker.js'
import { freshKeyPrefix } from './key-prefix.js'
import { numberOf, optionsOf, type Prepared, planOf, type Scenario } from './scenario.js'

export const brokerScenario: Scenario = Object.freeze({
  name: 'broker',
  title: 'Persistent messages that the broker has confirmed, with a consumer beside the publishers',
  unit: 'TPS',
  about: [
    'One operation is one persistent message into a durable queue, from sending it to the broker`s confirm. Each thread has',
    'a queue, one connection that its publishers share, and one consumer that acknowledges what arrives. After the run',
    'every confirmed message must have arrived, or still be in its queue.',
  ].join(' '),
  needs: [],
  options: [
    {
      name: 'size',
      summary: 'bytes of a message',
      default: '256',
      values: { min: 64, max: 1_000_000 },
    },
    {
      name: 'prefetch',
      summary: 'messages that a consumer may have unacknowledged',
      default: '500',
      values: { min: 1, max: 10_000 },
    },
  ],
  prepare,
})

const scenario: Pick<Scenario, 'name' | 'options'> = brokerScenario
const connectTimeoutMs = 5000
/** A queue without a consumer for so long is that of a run that was killed. */
const expiresMs = 3_600_000

async function prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
  const options = optionsOf(scenario, wishes)
  const { endpoints } = environmentOf(core, scenario.name)
  const acks = await makeAckFolder()
  const keyPrefix = freshKeyPrefix('b', context.clock)
  const threads = Math.min(wishes.workers, wishes.connections)
  const params: BrokerParams = {
    target: endpoints.rabbitmq,
    queues: Array.from({ length: threads }, (_, thread) => `corelab.bench.${keyPrefix}${thread}`),
    keyPrefix,
    ackDir: acks.dir,
    bodyBytes: numberOf(options, 'size'),
    prefetch: numberOf(options, 'prefetch'),
  }
  try {
    await withBroker(params, async (client) => {
      for (const queue of params.queues) await client.declareQueue(queue, { expiresMs })
    })
  } catch (error) {
    await acks.remove()
    throw error
  }
  return {
    plan: planOf(wishes, { name: scenario.name, params }),
    conditions: {
      // Messages leave as they come, so there is no data that could be larger than a memory.
      ...{ dataBytes: 0, bufferPoolBytes: 0, transport: 'tcp', customers: null },
      durability: 'persistent messages in durable queues, publisher confirms',
    },
    driver: 'amqp',
    writes: false,
    verify: (record) => verify(params, acks, record),
    dispose: async () => {
      await acks.remove()
      await withBroker(params, async (client) => {
        for (const queue of params.queues) await client.deleteQueue(queue)
      }).catch(() => undefined)
    },
  }
}

async function verify(
  params: BrokerParams,
  acks: AckFolder,
  record: LoadRecord,
): Promise<readonly BenchCheck[]> {
  const { keyPrefix: prefix } = params
  const books = await acks.read<BrokerAcks>(params.queues.length)
  const left = await withBroker(params, async (client) => {
    const keys: string[] = []
    for (const queue of params.queues)
      for (let body = await client.take(queue); body !== null; body = await client.take(queue))
        keys.push(body.trimEnd())
    return keys
  })
  const found = new Set(left)
  for (const book of books) if (book) for (const key of arrivedKeys(prefix, book)) found.add(key)
  const where = left.length === 0 ? 'the consumers' : `the consumers (${left.length} still queued)`
  return [
    checkNothingLost({ prefix, books, found: [{ where, keys: found }], noun: 'messages' }),
    checkDeliveredOnce(books, record),
  ]
}

/** A broker delivers at least once: again only after it lost sight of a consumer, which nobody did in this run. */
function checkDeliveredOnce(books: readonly (BrokerAcks | null)[], record: LoadRecord): BenchCheck {
  const name = 'delivered once'
  const again = books.reduce((sum, book) => sum + (book?.again ?? 0), 0)
  const strangers = books.reduce((sum, book) => sum + (book?.strangers ?? 0), 0)
  const delivered = record.counted.delivered ?? 0
  const summary = `${formatCount(delivered)} messages arrived, ${formatCount(again)} of them again, ${formatCount(strangers)} were not ours`
  return { name, valid: delivered > 0 && again === 0 && strangers === 0, summary }
}

async function withBroker<T>(
  { target }: BrokerParams,
  work: (client: Awaited<ReturnType<typeof openAmqp>>) => Promise<T>,
): Promise<T> {
  const client = await openAmqp(target, { connectTimeoutMs })
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}
