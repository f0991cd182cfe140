import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { accountsSql } from '../../src/components/mysql/accounts-sql.js'
import { systemClock } from '../../src/kit/clock.js'
import { seededRandom } from '../../src/kit/random.js'
import { type SubsystemHost, startSubsystemHost } from '../../src/subsystems/host.js'
import { writeFileAtomic } from '../../src/sys/files.js'
import { createBankTables, endpointsOf } from './bank.js'
import { startMariadb, type TestMariadb } from './mariadb.js'
import { startRedis, type TestRedis } from './redis.js'
import { testSecrets } from './secrets.js'
import { topologyOf } from './topologies.js'

/** One database server with the bank's tables and real accounts, one Redis, one project folder. */
export interface HostGround {
  readonly server: TestMariadb
  readonly redis: TestRedis
  readonly admin: SqlConnection
  readonly dir: string
  readonly topologyFile: string
  /** Writes a file of the project, e.g. a handler. */
  put(path: string, text: string): Promise<void>
  /** Starts a host in this process; `log` collects what it writes. */
  startHost(log?: string[]): Promise<SubsystemHost>
  dispose(): Promise<void>
}

export async function prepareHostGround(): Promise<HostGround> {
  const dir = await mkdtemp(join(tmpdir(), 'corelab-test-host-'))
  const [server, redis] = await Promise.all([startMariadb(), startRedis()])
  const admin = await server.connect()
  await createBankTables(admin)
  for (const statement of accountsSql(testSecrets, 'mariadb').split('\n').filter(Boolean))
    await admin.query(statement)
  const topologyFile = join(dir, 'topology.json')
  const topology = topologyOf({ epoch: 1, down: [2, 3, 4], endpoint: endpointsOf({ 'db-1': server }) })
  await writeFileAtomic(topologyFile, JSON.stringify(topology))
  return {
    server,
    redis,
    admin,
    dir,
    topologyFile,
    async put(path, text) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFileAtomic(join(dir, path), text)
    },
    startHost: (log = []) =>
      startSubsystemHost({
        port: 0,
        engine: 'mariadb',
        topologyFile,
        keeperSocket: join(dir, 'no-keeper.sock'),
        redis: redis.target,
        secrets: testSecrets.database.subsystems,
        projectDir: dir,
        handlers: Object.fromEntries(
          Object.keys(testSecrets.database.subsystems).map((code) => [
            code,
            { handler: `subsystems/${code}/handler.mjs` },
          ]),
        ),
        instance: 'test-1',
        version: '0.0.0',
        clock: systemClock,
        rng: seededRandom(1),
        log: (line) => log.push(line),
      }),
    async dispose() {
      await admin.close()
      await Promise.all([server.stop(), redis.stop()])
      await rm(dir, { recursive: true, force: true })
    },
  }
}
