import type { RedisClient } from '../clients/redis.js'
import { reasonOf } from '../kit/errors.js'
import { subsystems } from '../model/catalogue.js'
import type { SubsystemCode } from '../model/subsystem.js'
import type { DataSource } from '../platform/data-source.js'
import type { Page } from '../platform/triple-server.js'
import type { Engine } from './engine.js'

export interface HealthInputs {
  readonly engine: Engine
  readonly dataSource: DataSource
  readonly redis: RedisClient
  readonly isStopping: () => boolean
}

/** Why something is not ready: null when it is. */
type Obstacle = string | null

/** A read for the readiness check must not wait as long as a customer would. */
const readPatienceMs = 1000

/**
 * `/health/ready`: the host as a whole can serve: a master is known, one read works, Redis answers. A broken handler
 * file makes its own subsystem unready and not the host; it is listed.
 */
export async function hostHealth(inputs: HealthInputs): Promise<Page> {
  const obstacle = await hostObstacle(inputs)
  const notReady = subsystems
    .map(({ code }) => ({ code, reason: inputs.engine.handlersOf(code).problem?.message ?? null }))
    .filter((each) => each.reason !== null)
  const topology = inputs.dataSource.topology()
  return {
    http: obstacle === null ? 200 : 503,
    body: {
      ready: obstacle === null,
      reason: obstacle,
      epoch: topology?.epoch ?? null,
      master: topology?.master ?? null,
      subsystemsNotReady: notReady,
    },
  }
}

/** `/health/{CODE}` */
export async function subsystemHealth(code: SubsystemCode, inputs: HealthInputs): Promise<Page> {
  const obstacle = inputs.engine.handlersOf(code).problem?.message ?? (await hostObstacle(inputs))
  return { http: obstacle === null ? 200 : 503, body: { code, ready: obstacle === null, reason: obstacle } }
}

async function hostObstacle({ dataSource, redis, isStopping }: HealthInputs): Promise<Obstacle> {
  if (isStopping()) return 'the host is stopping'
  if (!dataSource.topology()?.master) return 'no master is known'
  const read = dataSource.read('any', (connection) => connection.query('SELECT 1'), {
    patienceMs: readPatienceMs,
  })
  const [database, cache] = await Promise.allSettled([read, redis.ping()])
  if (database.status === 'rejected') return `no read works: ${reasonOf(database.reason)}`
  if (cache.status === 'rejected') return reasonOf(cache.reason)
  return null
}
