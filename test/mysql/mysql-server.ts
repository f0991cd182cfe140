import { join } from 'node:path'
import { openConnection } from '../../src/clients/mysql/connection.js'
import type { RunningComponent } from '../../src/runtime/runtime.js'
import { socketDirOf } from '../../src/sys/state-dir.js'
import type { TestServer } from '../support/mariadb.js'
import { databaseSpec, openBench } from '../support/real-components.js'
import { mysqlChoice } from './choice.js'

/** One MySQL with the settings of a node, and an account that may do everything. `extraSql` runs at each start. */
export async function startMysql(extraSql: readonly string[] = []): Promise<TestServer> {
  const bench = await openBench('one')
  const password = 'test-only'
  const plain = await databaseSpec(bench.stateDir, { choice: mysqlChoice })
  const own = [...accountsOf(password), ...extraSql].map((sql) => `${sql};\n`).join('')
  const files = plain.files.map((file) =>
    file.path.endsWith('.sql') ? { ...file, text: `${file.text}${own}` } : file,
  )
  const spec = { ...plain, files }
  const port = spec.ports[0] ?? 0
  const target = { host: '127.0.0.1', port, user: 'tester', password }
  const connect = (database?: string) =>
    openConnection({ ...target, ...(database ? { database } : {}) }, { connectTimeoutMs: 10_000 })
  let node: RunningComponent

  async function start(): Promise<void> {
    node = await bench.start(spec)
    const admin = await connect()
    await admin.query('SET GLOBAL read_only = OFF')
    await admin.close()
  }

  try {
    await start()
  } catch (error) {
    await bench.dispose()
    throw error
  }
  return {
    port,
    socketPath: join(socketDirOf(bench.stateDir), 'db-1.sock'),
    password,
    connect,
    kill: (signal) => void node.kill(signal),
    async crash() {
      node.kill('SIGKILL')
      await node.exited
    },
    restart: start,
    stop: () => bench.dispose(),
  }
}

function accountsOf(password: string): readonly string[] {
  return ['127.0.0.1', 'localhost'].flatMap((host) => [
    `CREATE USER IF NOT EXISTS 'tester'@'${host}' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON *.* TO 'tester'@'${host}' WITH GRANT OPTION`,
  ])
}
