import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnection, type SqlConnection, sqlLiteral } from '../../src/clients/mysql/connection.js'
import { mysqlErrno } from '../../src/clients/mysql/outcome.js'
import { accountsSql, databaseAccounts } from '../../src/components/mysql/accounts-sql.js'
import { detectMysql } from '../../src/components/mysql/installation.js'
import { prepareDataDir } from '../../src/components/mysql/prepared-data-dir.js'
import type { ComponentSpec } from '../../src/model/component-spec.js'
import { subsystemCodes } from '../../src/model/subsystem.js'
import type { RunningComponent } from '../../src/runtime/runtime.js'
import { socketDirOf, statePaths } from '../../src/sys/state-dir.js'
import { tracesOf } from '../support/leaks.js'
import { type Bench, databaseSpec, openBench, testCacheDir } from '../support/real-components.js'
import { testSecrets } from '../support/secrets.js'
import { mysqlChoice } from './choice.js'

const limits = { connectTimeoutMs: 10_000 }

describe('a database node of MySQL', () => {
  let bench: Bench
  let spec: ComponentSpec
  let node: RunningComponent

  beforeAll(async () => {
    bench = await openBench()
    spec = await databaseSpec(bench.stateDir, { choice: mysqlChoice })
    node = await bench.start(spec)
  })
  afterAll(() => bench.dispose())

  async function as<T>(
    account: { user: string; password: string },
    work: (connection: SqlConnection) => Promise<T>,
    where: { port: number } | { socketPath: string } = { port: spec.ports[0]! },
  ): Promise<T> {
    const connection = await openConnection({ host: '127.0.0.1', ...where, ...account }, limits)
    try {
      return await work(connection)
    } finally {
      await connection.close()
    }
  }

  const refusal = (account: { user: string; password: string }, sql: string) =>
    as(account, (connection) => connection.query(sql)).then(
      () => null,
      (error: unknown) => mysqlErrno(error),
    )

  test.each(Object.entries(safeSettings))('starts with %s = %s', async (name, value) => {
    const rows = await as(keeper, (connection) =>
      connection.query<{ value: string | number }>(`SELECT @@GLOBAL.${name} AS value`),
    )

    expect(String(rows[0]?.value)).toBe(value)
  })

  test('has no root and no anonymous account, and only its own and the locked ones of the server', async () => {
    for (const user of ['root', '', 'mysql'])
      expect(await refusal({ user, password: '' }, 'SELECT 1')).toBe(accessDenied)
  })

  test('knows every account, by socket and by port, whose first login each is an encrypted exchange', async () => {
    const accounts =
      accountsSql(testSecrets, 'mysql').match(/(?<=CREATE USER IF NOT EXISTS ')\w+(?='@'localhost')/g) ?? []
    expect(accounts).toHaveLength(Object.values(databaseAccounts).length + subsystemCodes.length)
    for (const user of accounts) {
      const password = passwordOf(user)
      for (const where of [{ socketPath: socketOf(bench) }, { port: spec.ports[0]! }])
        await as({ user, password }, (connection) => connection.query('SELECT 1'), where)
    }
  })

  test('making its accounts left no trace in its history', async () => {
    const rows = await as(keeper, (connection) =>
      connection.query<{ executed: string }>('SELECT @@GLOBAL.gtid_executed AS executed'),
    )

    expect(rows).toEqual([{ executed: '' }])
  })

  test('lets the keeper change roles', async () => {
    await as(keeper, async (connection) => {
      for (const sql of roleChanges) await connection.query(sql)
    })
  })

  test('lets qlink replay on a node that is read-only', async () => {
    await as(account('qlink'), async (connection) => {
      for (const sql of replaySteps) await connection.query(sql)
    })
  })

  test('does not let the keeper read the business', async () => {
    expect(await refusal(keeper, 'CREATE TABLE pay.t (id INT)')).not.toBeNull()
    expect(await refusal(keeper, 'SELECT * FROM mysql.user')).toBe(tableDenied)
  })

  test('takes schemas from the schema account, and rows from a subsystem in its own schema only', async () => {
    await as(keeper, (connection) => connection.query('SET GLOBAL read_only = OFF'))
    await as(account('schema'), async (connection) => {
      for (const schema of ['act', 'pay', 'cif', 'corelab', 'bench']) {
        await connection.query(`CREATE DATABASE IF NOT EXISTS ${schema}`)
        await connection.query(`CREATE TABLE IF NOT EXISTS ${schema}.t (id INT PRIMARY KEY, v VARCHAR(9))`)
      }
    })

    expect(await refusal(subsystem('act'), "INSERT INTO act.t VALUES (1, 'a')")).toBeNull()
    expect(await refusal(subsystem('act'), 'DELETE FROM act.t')).toBe(tableDenied)
    expect(await refusal(subsystem('act'), 'SELECT * FROM pay.t')).toBe(tableDenied)
    expect(await refusal(subsystem('act'), 'CREATE TABLE act.u (id INT)')).toBe(tableDenied)
    expect(await refusal(subsystem('pay'), "INSERT INTO act.t VALUES (2, 'a')")).toBeNull()
    expect(await refusal(account('workload'), 'DELETE FROM act.t')).toBe(tableDenied)
    expect(await refusal(account('workload'), 'DELETE FROM bench.t')).toBeNull()
  })

  test('loads files from the load folder and from nowhere else', async () => {
    const { loadDir } = statePaths(bench.stateDir)
    await writeFile(join(loadDir, 'rows.tsv'), '11\tx\n12\ty\n', { mode: 0o644 })
    await writeFile(join(bench.stateDir, 'rows.tsv'), '13\tx\n', { mode: 0o644 })
    const load = (dir: string) => `LOAD DATA INFILE ${sqlLiteral(join(dir, 'rows.tsv'))} INTO TABLE cif.t`

    expect(await refusal(account('loader'), load(loadDir))).toBeNull()
    expect(await refusal(account('loader'), load(bench.stateDir))).toBe(secureFilePriv)
  })

  test('keeps everybody from writing while it is read-only', async () => {
    await as(keeper, (connection) => connection.query('SET GLOBAL super_read_only = ON'))

    expect(await refusal(subsystem('act'), "INSERT INTO act.t VALUES (9, 'a')")).toBe(readOnly)
    expect(await refusal(keeper, 'CREATE TABLE corelab.u (id INT)')).toBe(readOnly)
  })

  test('lets the keeper in by its control port when all ordinary connections are taken', async () => {
    const taken: SqlConnection[] = []
    const target = { host: '127.0.0.1', port: spec.ports[0]!, ...account('workload') }
    try {
      const fill = async () => {
        for (;;) taken.push(await openConnection(target, limits))
      }
      expect(mysqlErrno(await fill().catch((error: unknown) => error))).toBe(tooManyConnections)

      const one = await as(keeper, (connection) => connection.query('SELECT 1 AS one'), {
        port: spec.ports[1]!,
      })

      expect(one).toEqual([{ one: 1 }])
    } finally {
      await Promise.all(taken.map((connection) => connection.close()))
    }
  })

  test('takes a new password from the secrets with its next start, and keeps its rows', async () => {
    await node.stop()
    const secrets = { ...testSecrets, database: { ...testSecrets.database, workload: 'another' } }
    const files = spec.files.map((file) =>
      file.path.endsWith('.sql') ? { ...file, text: accountsSql(secrets, 'mysql') } : file,
    )

    node = await bench.start({ ...spec, files })

    expect(await refusal(account('workload'), 'SELECT 1')).toBe(accessDenied)
    const rows = await as({ user: 'corelab_workload', password: 'another' }, (connection) =>
      connection.query<{ n: number }>('SELECT COUNT(*) AS n FROM act.t'),
    )
    expect(rows).toEqual([{ n: 2 }])
  })

  test('is itself again after kill -9, and leaves nothing behind when it is stopped', async () => {
    const identity = () => as(keeper, (connection) => connection.query('SELECT @@server_uuid AS uuid'))
    const before = await identity()
    node.kill('SIGKILL')
    await node.stop()
    node = await bench.start(spec)
    expect(await identity()).toEqual(before)

    expect(await node.stop()).toEqual({ code: 0, signal: null })

    const traces = await tracesOf({ dirs: [bench.stateDir, socketDirOf(bench.stateDir)], ports: spec.ports })
    expect(traces.filter((line) => !line.startsWith('entry'))).toEqual([])
  })
})

test('the prepared data dir has no identity and no keys: each node makes its own', async () => {
  const prepared = await prepareDataDir({
    cacheDir: testCacheDir,
    programs: await detectMysql(mysqlChoice),
  })

  const files = await readdir(prepared)

  expect(files).toContain('mysql.ibd')
  expect(files.filter((name) => name === 'auto.cnf' || name.endsWith('.pem'))).toEqual([])
})

test('a server of the other engine, or none, is refused with what to do about it', async () => {
  const wrong = await detectMysql({ engine: 'mysql', programsDir: null }).catch((error: unknown) => error)

  expect(wrong).toMatchObject({ code: 'PROGRAM_MISSING' })
  expect((wrong as { fix: string[] }).fix.join('\n')).toContain('database.programs')
})

function socketOf(bench: Bench): string {
  return join(socketDirOf(bench.stateDir), 'db-1.sock')
}

const accessDenied = 1045
const tableDenied = 1142
const readOnly = 1290
const secureFilePriv = 1290
const tooManyConnections = 1040

const keeper = { user: 'corelab_keeper', password: testSecrets.database.keeper }

function passwordOf(user: string): string {
  const { keeper, replication, qlink, schema, loader, workload, subsystems } = testSecrets.database
  const own = { keeper, repl: replication, qlink, schema, loader, workload }[user.replace('corelab_', '')]
  return own ?? subsystems[user.replace('_app', '')]!
}

function account(purpose: 'schema' | 'loader' | 'workload' | 'qlink') {
  return { user: `corelab_${purpose}`, password: testSecrets.database[purpose] }
}

function subsystem(code: string) {
  return { user: `${code}_app`, password: testSecrets.database.subsystems[code]! }
}

/** Each of them is needed for the safety argument. */
const safeSettings = {
  log_bin: '1',
  log_replica_updates: '1',
  binlog_format: 'ROW',
  binlog_checksum: 'CRC32',
  binlog_transaction_compression: '0',
  sync_binlog: '1',
  innodb_flush_log_at_trx_commit: '1',
  gtid_mode: 'ON',
  enforce_gtid_consistency: 'ON',
  server_id: '1',
  read_only: '1',
  super_read_only: '1',
  relay_log_recovery: '1',
  replica_net_timeout: '4',
  replica_preserve_commit_order: '1',
  rpl_semi_sync_source_wait_point: 'AFTER_SYNC',
  rpl_semi_sync_source_timeout: '4294967295',
  rpl_semi_sync_source_wait_no_replica: '1',
  rpl_semi_sync_source_wait_for_replica_count: '1',
  rpl_semi_sync_source_enabled: '0',
  rpl_semi_sync_replica_enabled: '0',
  local_infile: '0',
  bind_address: '127.0.0.1',
  character_set_server: 'utf8mb4',
  tls_version: '',
}

/** What a keeper does in a failover, a switchover and a rejoin. */
const roleChanges = [
  'SET GLOBAL super_read_only = ON',
  'SET GLOBAL super_read_only = OFF',
  'SET GLOBAL read_only = OFF',
  'SET GLOBAL rpl_semi_sync_source_enabled = ON',
  'SET GLOBAL rpl_semi_sync_source_enabled = OFF',
  'SET GLOBAL rpl_semi_sync_replica_enabled = ON',
  'SET GLOBAL rpl_semi_sync_replica_enabled = OFF',
  "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'x', SOURCE_AUTO_POSITION = 1",
  'START REPLICA',
  'STOP REPLICA IO_THREAD',
  'SHOW REPLICA STATUS',
  'STOP REPLICA',
  'RESET REPLICA ALL',
  'SHOW BINARY LOG STATUS',
  'SHOW BINARY LOGS',
  'SHOW REPLICAS',
  'SHOW FULL PROCESSLIST',
  'SHOW ENGINE INNODB STATUS',
  "SELECT WAIT_FOR_EXECUTED_GTID_SET('', 0)",
  'SET GLOBAL server_id = 11',
  'SET GLOBAL server_id = 1',
  'SET sql_log_bin = 0',
  'SET sql_log_bin = 1',
  'FLUSH BINARY LOGS',
  'RESET BINARY LOGS AND GTIDS',
  'SET GLOBAL super_read_only = ON',
]

const replaySteps = [
  'SET GLOBAL super_read_only = OFF',
  "SET GTID_NEXT = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa:1'",
  'START TRANSACTION',
  'COMMIT',
  "SET GTID_NEXT = 'AUTOMATIC'",
  'SET GLOBAL super_read_only = ON',
]
