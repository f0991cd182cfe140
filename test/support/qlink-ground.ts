import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mariadbDialect } from '../../src/clients/dialects/mariadb.js'
import { openConnection, type SqlConnection } from '../../src/clients/mysql/connection.js'
import type { Disk } from '../../src/cluster/qlink/log/disk.js'
import { hostDisk } from '../../src/cluster/qlink/log/disk.js'
import type { LoggedTransaction } from '../../src/cluster/qlink/log/log-reader.js'
import { LogReader } from '../../src/cluster/qlink/log/log-reader.js'
import { defaultLogLimits, type LogLimits, logDirOf } from '../../src/cluster/qlink/log/qlink-log.js'
import { type RunningQlink, startQlink } from '../../src/cluster/qlink/start-qlink.js'
import { type QlinkClient, qlinkClient, qlinkSocketOf } from '../../src/cluster/qlink-client.js'
import { databaseAccounts } from '../../src/components/mysql/accounts-sql.js'
import { systemClock } from '../../src/kit/clock.js'
import { nodeNames } from '../../src/model/node.js'
import type { NodeAddress } from '../../src/model/qlink.js'
import { packageRoot } from '../../src/project/package-root.js'
import { defaultQlinkLimits, type QlinkLimits } from '../../src/protocol/qlink/state.js'
import { socketDirOf, statePaths } from '../../src/sys/state-dir.js'
import { type Bench, databaseSpec, openBench } from './real-components.js'
import { testSecrets } from './secrets.js'

/** Real database nodes, and what is needed to run a qlink beside them. */
export interface QlinkGround {
  readonly bench: Bench
  readonly dataDir: string
  readonly client: QlinkClient
  readonly nodes: readonly GroundNode[]
  /** A qlink inside of the test, so that its disk can be held back. */
  startInside(options?: {
    readonly disk?: Disk
    readonly limits?: Partial<QlinkLimits>
    readonly logLimits?: Partial<LogLimits>
  }): Promise<RunningQlink>
  /** A qlink as a process of its own. */
  startProcess(): Promise<QlinkProcess>
  /** The transactions in its log, whoever runs. */
  logged(): Promise<LoggedTransaction[]>
  dispose(): Promise<void>
}

export interface QlinkProcess {
  readonly child: ChildProcess
  readonly pid: number
  /** Ends it, and resolves with how. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: string | null }>
  readonly output: () => Promise<string>
}

export interface GroundNode {
  readonly address: NodeAddress
  readonly pid: number
  /** A session that may do everything; never through qlink. */
  readonly admin: SqlConnection
  /** A session as the keeper's account; closed with the ground. */
  connect(): Promise<SqlConnection>
  /** The GTIDs in its binlog, in order. */
  binlog(): Promise<string[]>
}

/** `npm run build` comes first; another build can be named for those who may not touch `dist/`. */
const entryFile = join(process.env.CORELAB_TEST_DIST ?? join(packageRoot, 'dist'), 'cluster', 'qlink-main.js')

export async function prepareQlinkGround(count = 1): Promise<QlinkGround> {
  const bench = await openBench('bank')
  const { stateDir } = bench
  const paths = statePaths(stateDir)
  const dataDir = paths.component('qlink').data
  const socketDir = socketDirOf(stateDir)
  await mkdir(dataDir, { recursive: true })
  await mkdir(join(stateDir, 'secrets'), { recursive: true })
  await writeFile(paths.planFile, JSON.stringify({ socketDir, engine: 'mariadb' }))
  await writeFile(paths.secretsFile, JSON.stringify(testSecrets))
  const open: SqlConnection[] = []
  const nodes = await Promise.all(Array.from({ length: count }, (_, index) => startNode(bench, index, open)))
  const inside: RunningQlink[] = []
  const children: QlinkProcess[] = []
  const socketPath = qlinkSocketOf(socketDir)
  return {
    bench,
    dataDir,
    client: qlinkClient(socketPath),
    nodes,
    async startInside(options = {}) {
      const qlink = await startQlink({
        dataDir,
        socketPath,
        password: testSecrets.database.qlink,
        dialect: mariadbDialect,
        disk: options.disk ?? hostDisk,
        logLimits: { ...defaultLogLimits, ...options.logLimits },
        limits: { ...defaultQlinkLimits, ...options.limits },
        clock: systemClock,
        say: () => undefined,
      })
      inside.push(qlink)
      return qlink
    },
    async startProcess() {
      const started = await startChild(stateDir, join(stateDir, 'qlink.log'))
      children.push(started)
      return started
    },
    async logged() {
      const reader = new LogReader({ dir: logDirOf(dataDir), engine: 'mariadb', durable: null })
      const found: LoggedTransaction[] = []
      for await (const each of reader.transactions()) found.push(each)
      return found
    },
    async dispose() {
      await Promise.all(inside.map((each) => each.close()))
      await Promise.all(children.map((each) => each.end('SIGKILL')))
      for (const connection of open) connection.destroy()
      await bench.dispose()
    },
  }
}

async function startNode(bench: Bench, index: number, open: SqlConnection[]): Promise<GroundNode> {
  const spec = await databaseSpec(bench.stateDir, { index })
  const running = await bench.start(spec)
  const [port = 0] = spec.ports
  const connect = async () => {
    const connection = await openConnection(
      { host: '127.0.0.1', port, user: databaseAccounts.keeper, password: testSecrets.database.keeper },
      { connectTimeoutMs: 5000, statementLimitMs: 600_000 },
    )
    open.push(connection)
    return connection
  }
  const admin = await connect()
  return {
    address: { node: nodeNames[index]!, host: '127.0.0.1', port },
    pid: running.record.pid,
    admin,
    connect,
    async binlog() {
      const files = await admin.query<{ Log_name: string }>('SHOW BINARY LOGS')
      const gtids: string[] = []
      for (const { Log_name } of files) {
        const events = await admin.query<{ Event_type: string; Info: string }>(
          `SHOW BINLOG EVENTS IN '${Log_name}'`,
        )
        for (const { Event_type, Info } of events)
          if (Event_type === 'Gtid') gtids.push(/GTID (\S+)/.exec(Info)?.[1] ?? Info)
      }
      return gtids
    },
  }
}

async function startChild(stateDir: string, log: string): Promise<QlinkProcess> {
  if (!existsSync(entryFile)) throw new Error(`${entryFile} is missing: npm run build comes first`)
  const output = openSync(log, 'a')
  const child = spawn(process.execPath, [entryFile, stateDir], { stdio: ['ignore', output, output] })
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  return {
    child,
    pid: child.pid ?? 0,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
      return { code: child.exitCode, signal: child.signalCode }
    },
    output: () => readFile(log, 'utf8'),
  }
}

/** A node as the master of an epoch: semi-synchronous, followed by qlink, and open for writes. */
export async function openEpoch(
  ground: QlinkGround,
  options: { readonly node?: number; readonly epoch?: number; readonly term?: number } = {},
): Promise<void> {
  const { node = 0, epoch = 1, term = 0 } = options
  const { admin, address } = ground.nodes[node]!
  await admin.query('SET GLOBAL rpl_semi_sync_master_enabled = ON')
  await ground.client.open({ term, epoch, leader: address })
  await untilTrue('qlink is attached', async () => (await ground.client.status()).link.state === 'receiving')
  await admin.query('SET GLOBAL read_only = OFF')
}

/** Rows of a table that only the test writes. */
export async function makeLedger(admin: SqlConnection): Promise<void> {
  await admin.query('CREATE DATABASE IF NOT EXISTS corelab')
  await admin.query('CREATE TABLE IF NOT EXISTS corelab.ledger (id BIGINT PRIMARY KEY, text LONGTEXT)')
}

export async function untilTrue(what: string, test: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await test().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Writers that insert rows of their own until they are stopped, and the ledger of what they were told. */
export interface Ledger {
  /** Ids whose insert was answered OK, with the time of the answer. */
  readonly acknowledged: Map<number, number>
  /** Stops the writers; those that wait for an acknowledgement are cut off. */
  stop(): Promise<void>
}

export async function startWriters(node: GroundNode, count: number): Promise<Ledger> {
  const sessions = await Promise.all(Array.from({ length: count }, () => node.connect()))
  const acknowledged = new Map<number, number>()
  let stopped = false
  const runs = sessions.map(async (session, writer) => {
    for (let each = 0; !stopped; each++) {
      const id = writer * 1_000_000 + each
      try {
        await session.execute(`INSERT INTO corelab.ledger VALUES (${id}, 'x')`)
        acknowledged.set(id, performance.now())
      } catch {
        return
      }
    }
  })
  return {
    acknowledged,
    async stop() {
      stopped = true
      // Who still waits after this waits for an acknowledgement that does not come.
      const patience = new Promise((resolve) => setTimeout(resolve, 500))
      await Promise.race([Promise.all(runs), patience])
      for (const session of sessions) session.destroy()
      await Promise.all(runs)
    },
  }
}
