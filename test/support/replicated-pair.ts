import { mariadbDialect } from '../../src/clients/dialects/mariadb.js'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { startMariadb, type TestMariadb } from './mariadb.js'

/** Two real servers of one history: `replica` follows `master` by GTID. */
export interface ReplicatedPair {
  readonly master: TestMariadb
  readonly replica: TestMariadb
  readonly onMaster: SqlConnection
  readonly onReplica: SqlConnection
  /** Waits until the replica has everything that the master has now. */
  caughtUp(): Promise<void>
  stop(): Promise<void>
}

const oneHistory = ['--log-bin=binlog', '--binlog-format=ROW', '--log-slave-updates', '--gtid-strict-mode']

export async function startReplicatedPair(): Promise<ReplicatedPair> {
  const [master, replica] = await Promise.all([
    startMariadb([...oneHistory, '--server-id=1']),
    startMariadb([...oneHistory, '--server-id=2']),
  ])
  const [onMaster, onReplica] = await Promise.all([master.connect(), replica.connect()])
  // Each has made its accounts in a history of its own.
  for (const admin of [onMaster, onReplica]) await admin.query('RESET MASTER')
  await mariadbDialect.replicateFrom(onReplica, {
    host: '127.0.0.1',
    port: master.port,
    user: 'tester',
    password: master.password,
  })
  return {
    master,
    replica,
    onMaster,
    onReplica,
    async caughtUp() {
      const position = await mariadbDialect.position(onMaster)
      if (!(await mariadbDialect.waitForPosition(onReplica, position, 10_000)))
        throw new Error(`the replica did not reach ${position}`)
    },
    async stop() {
      await Promise.all([onMaster.close(), onReplica.close()])
      await Promise.all([master.stop(), replica.stop()])
    },
  }
}
