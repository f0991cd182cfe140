import { dialectOf } from '../clients/dialects/dialect-of.js'
import { openRedis, type RedisTarget } from '../clients/redis.js'
import type { Clock } from '../kit/clock.js'
import { isoTime } from '../kit/clock.js'
import { corelabError } from '../kit/errors.js'
import { nearest } from '../kit/nearest.js'
import type { Random } from '../kit/random.js'
import { subsystems } from '../model/catalogue.js'
import type { DatabaseEngine } from '../model/database-engine.js'
import { routerMetricsPath, sumOfRouterMetrics } from '../model/router-metrics.js'
import type { Secrets } from '../model/secrets.js'
import type { SubsystemCode } from '../model/subsystem.js'
import { subsystemCodes } from '../model/subsystem.js'
import { type DataSource, openDataSource } from '../platform/data-source.js'
import { followReaderLag } from '../platform/reader-lag.js'
import { openSequence } from '../platform/sequence.js'
import { registerInstances } from '../platform/service-registry.js'
import { sharedTopology, topologyOfEnvironment } from '../platform/topology-source.js'
import { openTripleServer, type Page } from '../platform/triple-server.js'
import { tripleFailureBody, tripleStatuses } from '../platform/triple-status.js'
import { contractPage } from './contract-page.js'
import { createEngine } from './engine.js'
import { type HealthInputs, hostHealth, subsystemHealth } from './health.js'
import { loadUserHandlers, noHandlers, type UserHandlers } from './user-handlers.js'

export interface SubsystemHostOptions {
  readonly port: number
  /** What the database nodes run. */
  readonly engine: DatabaseEngine
  readonly topologyFile: string
  /** The keeper's, which tells of a new master, too. */
  readonly keeperSocket: string
  readonly redis: RedisTarget
  readonly secrets: Secrets['database']['subsystems']
  readonly projectDir: string
  /** Handler files by subsystem code in lower case; null or absent = built-in operations only. */
  readonly handlers: Readonly<Record<string, { readonly handler: string | null }>>
  /** Unique among the hosts of an environment. */
  readonly instance: string
  readonly version: string
  readonly clock: Clock
  readonly rng: Random
  readonly log: (line: string) => void
}

export interface SubsystemHost {
  readonly port: number
  /** Leaves the registry, finishes what runs, closes everything. Never rejects. */
  stop(): Promise<void>
}

/**
 * Connections per node and subsystem: all 21 together fit what profile small allows, and most open none in this version.
 * More of them make no more transactions while the processor is what binds: docs/benchmarks.md.
 */
const poolSize = 12
const drainLimitMs = 4000

/** Serves the 21 subsystems on one port. Throws PORT_IN_USE; everything else that is not there yet is waited for. */
export async function startSubsystemHost(options: SubsystemHostOptions): Promise<SubsystemHost> {
  const { clock, log } = options
  const ended = new AbortController()
  const redis = openRedis(options.redis)
  const sequence = openSequence(options)
  const topologies = sharedTopology(topologyOfEnvironment({ ...options, redis }), ended.signal)
  const dataSources = new Map<SubsystemCode, DataSource>()
  const accountOf = (code: SubsystemCode) => ({
    user: `${code.toLowerCase()}_app`,
    password: options.secrets[code.toLowerCase()] ?? '',
  })
  const dataSourceOf = (code: SubsystemCode): DataSource => {
    const known = dataSources.get(code)
    if (known) return known
    const dataSource = openDataSource({
      topologySource: topologies,
      account: accountOf(code),
      poolSize,
      clock,
      dialect: dialectOf(options.engine),
    })
    dataSources.set(code, dataSource)
    return dataSource
  }

  const handlers = await loadHandlers(options)
  const engine = createEngine({
    handlers,
    platformOf: (code) => ({ dataSource: dataSourceOf(code), redis, sequence, clock }),
  })
  const own = dataSourceOf(healthCode)
  const routerMetrics = () => sumOfRouterMetrics([...dataSources.values()].map((each) => each.metrics()))
  const health: HealthInputs = { engine, redis, dataSource: own, isStopping: () => ended.signal.aborted }
  const server = await openTripleServer({
    host: '127.0.0.1',
    port: options.port,
    clock,
    sequence,
    dispatch: (call) => engine.call(call),
    page: async (path) =>
      path === routerMetricsPath ? { http: 200, body: routerMetrics() } : pageOf(path, health),
    onFailure: (error, gsn) => log(`failed ${gsn}: ${error instanceof Error ? error.stack : String(error)}`),
  }).catch(async (error) => {
    ended.abort()
    await Promise.all([own.close(), redis.close()])
    throw error
  })

  const measuring = followReaderLag(
    {
      topology: () => own.topology(),
      account: accountOf(healthCode),
      report: (node, lagMs) => {
        for (const dataSource of dataSources.values()) dataSource.reportLag(node, lagMs)
      },
      clock,
    },
    ended.signal,
  )
  const registration = registerInstances(
    subsystems
      .filter(({ code }) => !handlers.get(code)?.problem)
      .map(({ code }) => ({
        code,
        instance: options.instance,
        url: `http://127.0.0.1:${server.port}`,
        version: options.version,
        startedAt: isoTime(clock.wallMs()),
      })),
    { redis, clock, onLost: (error) => log(`registry: ${error instanceof Error ? error.message : error}`) },
  )

  return {
    port: server.port,
    async stop() {
      // First nobody finds us any more, then what is under way ends, then its connections.
      await registration.remove()
      ended.abort()
      await server.drain(drainLimitMs)
      await Promise.all([measuring, ...[...dataSources.values()].map((each) => each.close())])
      await redis.close()
    },
  }
}

/** Whose account the host itself uses, for readiness and lag. */
const healthCode: SubsystemCode = 'PAY'

async function loadHandlers(options: SubsystemHostOptions): Promise<Map<SubsystemCode, UserHandlers>> {
  const { projectDir, clock, log } = options
  const loaded = subsystems.map(async ({ code }) => {
    const path = options.handlers[code.toLowerCase()]?.handler ?? null
    const handlers = path === null ? noHandlers : await loadUserHandlers({ code, projectDir, path, clock })
    if (handlers.problem) log(`${handlers.problem.message}\n${handlers.problem.detail ?? ''}`)
    else if (handlers.operations.size > 0)
      log(`${code}: ${[...handlers.operations.keys()].join(', ')} from ${path}`)
    return [code, handlers] as const
  })
  return new Map(await Promise.all(loaded))
}

async function pageOf(path: string, health: HealthInputs): Promise<Page | null> {
  if (path === '/health/live') return { http: 200, body: { live: true } }
  if (path === '/health/ready') return hostHealth(health)
  if (path === '/') return indexPage(health)
  const [, folder, code = '', ...rest] = path.split('/')
  if ((folder !== 'health' && folder !== 'contract') || rest.length > 0) return null
  const subsystem = subsystems.find((each) => each.code === code)
  if (!subsystem) return unknownSubsystem(code)
  if (folder === 'health') return subsystemHealth(subsystem.code, health)
  return { http: 200, body: contractPage(subsystem, health.engine) }
}

function unknownSubsystem(code: string): Page {
  const meant = nearest(code, subsystemCodes)
  const message = `there is no subsystem ${code}${meant === null ? '' : `; did you mean ${meant}?`}`
  const error = corelabError('OPERATION_UNKNOWN', { message })
  return { http: tripleStatuses.notFound.http, body: tripleFailureBody(error, 'notFound') }
}

function indexPage({ engine }: HealthInputs): Page {
  const rows = subsystems.map(({ code, name, module }) => ({
    code,
    name,
    module,
    usable: engine.handlersOf(code).problem === null,
    health: `/health/${code}`,
    contract: `/contract/${code}`,
  }))
  return { http: 200, body: { subsystems: rows } }
}
