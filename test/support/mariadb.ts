import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openConnection, type SqlConnection } from '../../src/clients/mysql/connection.js'
import { freePort } from './free-port.js'

/** One private database server in a temp folder, for tests about what a real server answers. */
export interface TestServer {
  readonly port: number
  readonly socketPath: string
  readonly password: string
  /** A session of an account that may do everything. */
  connect(database?: string): Promise<SqlConnection>
  kill(signal: NodeJS.Signals): void
  /** SIGKILL, and wait until the process is gone. */
  crash(): Promise<void>
  /** Starts it again on the same data and port. */
  restart(): Promise<void>
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>
}

export interface TestMariadb extends TestServer {
  readonly pid: number
}

const run = promisify(execFile)
const startLimitMs = 30_000

export async function startMariadb(extraArgs: readonly string[] = []): Promise<TestMariadb> {
  const dir = await mkdtemp(join(tmpdir(), 'corelab-test-db-'))
  const dataDir = join(dir, 'data')
  const port = await freePort()
  const password = 'test-only'
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  // A starting server removes every temporary table in its tmpdir, also those of another one that starts meanwhile.
  const env = { ...process.env, TMPDIR: join(dir, 'tmp') }
  await mkdir(env.TMPDIR)
  const installArgs = [
    '--no-defaults',
    `--datadir=${dataDir}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--innodb-log-file-size=16M',
    ...asRoot,
  ]
  await run('mariadb-install-db', installArgs, { env })
  const initFile = join(dir, 'accounts.sql')
  const accounts = ["'tester'@'127.0.0.1'", "'tester'@'localhost'"].map(
    (account) =>
      `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`,
  )
  await writeFile(initFile, accounts.join(''))

  const socketPath = join(dir, 's.sock')
  const args = [
    '--no-defaults',
    `--datadir=${dataDir}`,
    `--socket=${socketPath}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--pid-file=${join(dir, 'pid')}`,
    `--init-file=${initFile}`,
    '--innodb-buffer-pool-size=32M',
    '--innodb-log-file-size=16M',
    '--skip-name-resolve',
    '--lower-case-table-names=0',
    '--character-set-server=utf8mb4',
    '--performance-schema=OFF',
    ...asRoot,
    ...extraArgs,
  ]
  const target = { host: '127.0.0.1', port, user: 'tester', password }
  // The server adds .err to a name without an ending.
  const logFile = join(dir, 'server.err')
  let child = await startAndAwait()

  async function startAndAwait(): Promise<ChildProcess> {
    const started = spawn('mariadbd', [...args, `--log-error=${logFile}`], { stdio: 'ignore', env })
    const deadline = Date.now() + startLimitMs
    for (;;) {
      const session = await openConnection(target, { connectTimeoutMs: 1000 }).catch(() => null)
      if (session) {
        await session.close()
        return started
      }
      if (started.exitCode !== null || Date.now() > deadline) {
        started.kill('SIGKILL')
        const log = await readFile(logFile, 'utf8').catch(() => '')
        await rm(dir, { recursive: true, force: true })
        throw new Error(`test MariaDB did not start:\n${log}`)
      }
      await delay(50)
    }
  }

  const gone = (signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill(signal)
    })

  return {
    port,
    socketPath,
    password,
    get pid() {
      return child.pid ?? 0
    },
    connect: (database) =>
      openConnection({ ...target, ...(database ? { database } : {}) }, { connectTimeoutMs: 5000 }),
    kill: (signal) => void child.kill(signal),
    crash: () => gone('SIGKILL'),
    restart: async () => {
      child = await startAndAwait()
    },
    stop: async () => {
      child.kill('SIGCONT')
      await gone('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
