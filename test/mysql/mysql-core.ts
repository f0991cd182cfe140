import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mysqlDialect } from '../../src/clients/dialects/mysql.js'
import { type MysqlTarget, openConnection, type SqlConnection } from '../../src/clients/mysql/connection.js'
import { openRedis } from '../../src/clients/redis.js'
import type { Endpoints } from '../../src/cluster/endpoints.js'
import { pathsOf } from '../../src/cluster/environment-store.js'
import { present } from '../../src/kit/assert.js'
import { systemClock } from '../../src/kit/clock.js'
import { legalEntity } from '../../src/model/legal-entity.js'
import type { Topology } from '../../src/model/topology.js'
import { type DataSource, openDataSource } from '../../src/platform/data-source.js'
import { topologyOfEnvironment } from '../../src/platform/topology-source.js'
import { openTripleClient, type TripleClient } from '../../src/platform/triple-client.js'
import { findProject } from '../../src/project/find-project.js'
import { keeperSocketOf } from '../../src/sys/keeper-socket.js'
import { statePaths } from '../../src/sys/state-dir.js'
import { corelab, makeProject } from '../support/corelab.js'
import { endpointsOf, planOf, statusOf, workloadOn } from '../support/environment.js'
import { mysqlChoice } from './choice.js'

/** A whole core that runs on MySQL, and ways to talk to it. */
export interface MysqlCore {
  readonly dir: string
  readonly endpoints: Endpoints
  readonly keeperSocket: string
  readonly loadDir: string
  readonly dataSource: DataSource
  topology(): Promise<Topology>
  /** A call of a subsystem's service, for one legal entity. */
  call(
    interfaceName: string,
    method: string,
    argument: Record<string, unknown>,
    key?: string,
  ): ReturnType<TripleClient['call']>
  /** A piece of work in a session of an account, by default of the one for workloads. */
  on<T>(node: string, work: (session: SqlConnection) => Promise<T>, account?: CoreAccount): Promise<T>
  dispose(): Promise<void>
}

type CoreAccount = 'workload' | 'keeper' | 'loader' | 'act'

export async function startMysqlCore(): Promise<MysqlCore> {
  const project = await makeProject()
  try {
    await chooseMysql(project.dir)
    const up = await corelab(['up', '--profile', 'tiny', '--json'], { cwd: project.dir })
    if (up.code !== 0) throw new Error(`up ended with ${up.code}: ${up.stdout}${up.stderr}`)
    return await talkTo(project)
  } catch (error) {
    await project.dispose()
    throw error
  }
}

async function chooseMysql(dir: string): Promise<void> {
  const file = join(dir, 'corelab.yaml')
  const text = (await readFile(file, 'utf8'))
    .replace('engine: mariadb', 'engine: mysql')
    .replace('programs: null', `programs: ${JSON.stringify(mysqlChoice.programsDir)}`)
  await writeFile(file, text)
}

async function talkTo({ dir, dispose }: Awaited<ReturnType<typeof makeProject>>): Promise<MysqlCore> {
  const endpoints = await endpointsOf(dir)
  const plan = await planOf(dir)
  const redis = openRedis(endpoints.redis)
  const services = openTripleClient({ url: endpoints.subsystems.url })
  const keeperSocket = keeperSocketOf(plan.socketDir)
  const { topologyFile } = pathsOf({ project: await findProject({ fromDir: dir }), env: 'default' })
  const dataSource = openDataSource({
    topologySource: topologyOfEnvironment({ topologyFile, keeperSocket, redis, clock: systemClock }),
    account: { user: 'corelab_workload', password: endpoints.secrets.database.workload },
    poolSize: 8,
    clock: systemClock,
    patienceMs: 30_000,
    dialect: mysqlDialect,
  })
  return {
    dir,
    endpoints,
    keeperSocket,
    loadDir: statePaths(plan.stateDir).loadDir,
    dataSource,
    topology: async () => present((await statusOf(dir)).topology, 'topology'),
    call: (interfaceName, method, argument, idempotencyKey) =>
      services.call({ interfaceName, method, argument, le: legalEntity(7), idempotencyKey }),
    async on(node, work, account = 'workload') {
      const session = await openConnection(targetOf(endpoints, node, account), { connectTimeoutMs: 5000 })
      try {
        return await work(session)
      } finally {
        await session.close()
      }
    },
    async dispose() {
      services.close()
      await dataSource.close()
      await redis.close()
      await dispose()
    },
  }
}

function targetOf(endpoints: Endpoints, node: string, account: CoreAccount): MysqlTarget {
  const { database } = endpoints.secrets
  const target = workloadOn(endpoints, node)
  if (account === 'act') return { ...target, user: 'act_app', password: database.subsystems.act ?? '' }
  return { ...target, user: `corelab_${account}`, password: database[account] }
}
