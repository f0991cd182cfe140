// The servers of the comparison: masters of one configuration, qlink, and replicas of either kind.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dist, distUrl } from '../frame/dist.mjs'

/** Three masters that stand alone, the semi-sync slave of one, qlink beside another; `stop` ends them and removes the folder. */
export function startAlone({ signal }) {
  return startIn(signal, async (parts) => {
    const none = await startDatabase(parts, 'none', 0)
    const qlink = await startDatabase(parts, 'qlink', 0)
    const slave = await startDatabase(parts, 'slave', 0)
    const replica = await startDatabase(parts, 'replica', 1, 'sync_relay_log = 1\n')
    const running = await startQlink(parts, qlink)
    await startReplica(slave, replica, parts.secrets)
    for (const node of [none, qlink, slave]) await openWrites(node)
    return { masters: { none, qlink, slave }, qlink: running }
  })
}

/** The core without keeper and router: a master with qlink, its shadow, and two slaves that follow the shadow. */
export function startCore({ signal }) {
  return startIn(signal, async (parts) => {
    const [master, shadow, ...slaves] = await inOrder([0, 1, 2, 3], (index) =>
      startDatabase(parts, `core-${index + 1}`, index),
    )
    const qlink = await startQlink(parts, master)
    await follow(shadow, master, parts.secrets)
    for (const slave of slaves) await follow(slave, shadow, parts.secrets)
    for (const node of [shadow, ...slaves]) await node.admin.query('START SLAVE')
    await openWrites(master)
    return { master, shadow, slaves, qlink }
  })
}

async function startIn(signal, start) {
  const work = await mkdtemp(join(tmpdir(), 'corelab-bench-qlink-'))
  const { systemClock } = await dist('kit/clock.js')
  const stops = []
  const stop = async () => {
    for (const each of stops.reverse()) await each().catch(() => undefined)
    await rm(work, { recursive: true, force: true })
  }
  try {
    const secrets = (await dist('cluster/environment-store.js')).generateSecrets([])
    const context = { clock: systemClock, emit: () => undefined, signal }
    return { ...(await start({ work, context, secrets, stops })), secrets, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function inOrder(items, make) {
  const made = []
  for (const item of items) made.push(await make(item))
  return made
}

async function startDatabase({ work, context, secrets, stops }, name, index, userConfig = '') {
  const { detectMysql } = await dist('components/mysql/installation.js')
  const { planMysqlComponent } = await dist('components/mysql/mysql-component.js')
  const { prepareDataDir } = await dist('components/mysql/prepared-data-dir.js')
  const { awaitComponent } = await dist('sys/component-failure.js')
  const { NativeRuntime } = await dist('runtime/native/native-runtime.js')
  const { copyTree } = await dist('sys/files.js')
  const { profiles } = await dist('model/profile.js')
  const { statePaths } = await dist('sys/state-dir.js')
  const programs = await detectMysql()
  const paths = statePaths(join(work, name)).component(`db-${index + 1}`)
  await copyTree(await prepareDataDir({ cacheDir: join(work, 'cache'), programs }), paths.data)
  const spec = planMysqlComponent({
    node: `db-${index + 1}`,
    engine: 'mariadb',
    program: programs.server.path,
    paths,
    socketPath: join(work, `${name}.sock`),
    port: await freePort(),
    controlPort: await freePort(),
    loadDir: join(work, name, 'load'),
    profile: profiles.small,
    secrets,
    asRoot: process.getuid?.() === 0,
    directIo: true,
    userConfig: userConfig === '' ? '' : `[mariadbd]\n${userConfig}`,
  })
  const running = await new NativeRuntime().start(spec, context)
  stops.push(() => running.stop())
  await awaitComponent(spec, { ...context, exited: running.exited })
  const target = { host: '127.0.0.1', port: spec.ports[0] }
  const { openConnection } = await dist('clients/mysql/connection.js')
  const connect = (user, password) =>
    openConnection({ ...target, user, password }, { connectTimeoutMs: 5000, statementLimitMs: 3_600_000 })
  const admin = await connect('corelab_keeper', secrets.database.keeper)
  stops.push(() => admin.close())
  const node = `db-${index + 1}`
  return { node, target, admin, connect, pid: running.record.pid, secrets }
}

async function startQlink({ work, secrets, stops }, leader) {
  const { qlinkClient, qlinkSocketOf } = await dist('cluster/qlink-client.js')
  const stateDir = join(work, 'qlink-state')
  await mkdir(join(stateDir, 'secrets'), { recursive: true })
  await writeFile(join(stateDir, 'plan.json'), JSON.stringify({ socketDir: work, engine: 'mariadb' }))
  await writeFile(join(stateDir, 'secrets', 'secrets.json'), JSON.stringify(secrets))
  const logFile = join(work, 'qlink.log')
  const log = openSync(logFile, 'a')
  const main = new URL('cluster/qlink-main.js', distUrl).pathname
  const child = spawn(process.execPath, [...profilingArgs(), main, stateDir], { stdio: ['ignore', log, log] })
  closeSync(log)
  const exited = new Promise((done) => child.once('exit', done))
  stops.push(async () => {
    child.kill('SIGTERM')
    await exited
  })
  const client = qlinkClient(qlinkSocketOf(work))
  await until('qlink answers', () => client.status())
  await leader.admin.query('SET GLOBAL rpl_semi_sync_master_enabled = ON')
  await client.open({ term: 0, epoch: 1, leader: { node: 'db-1', ...leader.target } })
  await until('qlink receives', async () => {
    if ((await client.status()).link.state !== 'receiving') throw new Error(await readFile(logFile, 'utf8'))
  })
  return { client, pid: child.pid, logFile }
}

/** `CORELAB_BENCH_PROFILE=<folder>` writes a CPU profile of qlink there. */
function profilingArgs() {
  const dir = process.env.CORELAB_BENCH_PROFILE
  return dir === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval', '200', `--cpu-prof-dir=${dir}`]
}

/** A semi-sync slave that receives and does not apply: nothing but the acknowledging is compared. */
async function startReplica(master, replica, secrets) {
  await master.admin.query('SET GLOBAL rpl_semi_sync_master_enabled = ON')
  await replica.admin.query('SET GLOBAL rpl_semi_sync_slave_enabled = ON')
  await follow(replica, master, secrets)
  await replica.admin.query('START SLAVE IO_THREAD')
  await until('the slave acknowledges', async () => {
    const [row] = await master.admin.query("SHOW STATUS LIKE 'Rpl_semi_sync_master_clients'")
    if (row.Value !== '1') throw new Error(`${row.Value} semi-sync clients`)
  })
}

async function follow(replica, { target }, secrets) {
  await replica.admin.query(
    `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${target.port}, MASTER_USER = 'corelab_repl', ` +
      `MASTER_PASSWORD = '${secrets.database.replication}', MASTER_USE_GTID = slave_pos, MASTER_HEARTBEAT_PERIOD = 0.1`,
  )
}

async function openWrites({ admin, connect, secrets }) {
  await admin.query('SET GLOBAL read_only = OFF')
  const workload = await connect('corelab_workload', secrets.database.workload)
  await workload.query('CREATE DATABASE IF NOT EXISTS bench')
  await workload.query(
    'CREATE TABLE bench.kv (id BIGINT PRIMARY KEY, value BIGINT NOT NULL, payload CHAR(100) NOT NULL)',
  )
  await workload.query("INSERT INTO bench.kv SELECT seq, 0, REPEAT('x', 100) FROM bench.seq_0_to_9999")
  await workload.close()
}

export async function until(what, test, limitMs = 20_000) {
  const deadline = performance.now() + limitMs
  for (;;) {
    try {
      return await test()
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms: ${error.message}`)
      await new Promise((done) => setTimeout(done, 20))
    }
  }
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}
