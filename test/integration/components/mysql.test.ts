import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnection, type SqlConnection, sqlLiteral } from '../../../src/clients/mysql/connection.js'
import { mysqlErrno } from '../../../src/clients/mysql/outcome.js'
import { accountsSql, databaseAccounts } from '../../../src/components/mysql/accounts-sql.js'
import { detectMysql } from '../../../src/components/mysql/installation.js'
import { prepareDataDir } from '../../../src/components/mysql/prepared-data-dir.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { ComponentSpec } from '../../../src/model/component-spec.js'
import { subsystemCodes } from '../../../src/model/subsystem.js'
import type { RunningComponent } from '../../../src/runtime/runtime.js'
import { socketDirOf, statePaths } from '../../../src/sys/state-dir.js'
import { tracesOf } from '../../support/leaks.js'
import { type Bench, databaseSpec, openBench } from '../../support/real-components.js'
import { testSecrets } from '../../support/secrets.js'

const limits = { connectTimeoutMs: 10_000 }

describe('a database node', () => {
  let bench: Bench
  let spec: ComponentSpec
  let node: RunningComponent

  beforeAll(async () => {
    bench = await openBench()
    spec = await databaseSpec(bench.stateDir)
    node = await bench.start(spec)
  })
  afterAll(() => bench.dispose())

  /** One piece of work in a session of an account, by the ordinary port. */
  async function as<T>(
    account: { user: string; password: string },
    work: (connection: SqlConnection) => Promise<T>,
    port = spec.ports[0]!,
  ): Promise<T> {
    const connection = await openConnection({ host: '127.0.0.1', port, ...account }, limits)
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

  test('answers in a folder whose name has blanks, quotes, a # and other letters, over socket and port', async () => {
    const bySocket = await openConnection(
      { socketPath: join(socketDirOf(bench.stateDir), 'db-1.sock'), ...keeper },
      limits,
    )
    const [row] = await bySocket.query<{ dir: string }>('SELECT @@datadir AS dir')
    await bySocket.close()

    expect(row?.dir).toBe(`${statePaths(bench.stateDir).component('db-1').data}/`)
    expect(await as(keeper, (connection) => connection.query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
  })

  test.each(Object.entries(safeSettings))('starts with %s = %s', async (name, value) => {
    const rows = await as(keeper, (connection) =>
      connection.query<{ value: string | number }>(`SELECT @@GLOBAL.${name} AS value`),
    )

    expect(String(rows[0]?.value)).toBe(value)
  })

  test('replicates from nobody when it starts', async () => {
    expect(await as(keeper, (connection) => connection.query('SHOW ALL SLAVES STATUS'))).toEqual([])
  })

  test('has no root and no anonymous account', async () => {
    for (const user of ['root', '', 'mysql'])
      expect(await refusal({ user, password: '' }, 'SELECT 1')).toBe(accessDenied)
  })

  test('knows every account, by socket and by port: the server would skip the rest after a wrong statement', async () => {
    const accounts =
      accountsSql(testSecrets, 'mariadb').match(/(?<=CREATE USER IF NOT EXISTS ')\w+(?='@'localhost')/g) ?? []
    expect(accounts).toHaveLength(Object.values(databaseAccounts).length + subsystemCodes.length)
    const socketPath = join(socketDirOf(bench.stateDir), 'db-1.sock')
    for (const user of accounts) {
      const password = passwordOf(user)
      for (const where of [{ socketPath }, { host: '127.0.0.1', port: spec.ports[0]! }]) {
        const connection = await openConnection({ ...where, user, password }, limits)
        await connection.close()
      }
    }
  })

  test('making its accounts left no trace in its history', async () => {
    const rows = await as(keeper, (connection) =>
      connection.query<{ position: string }>('SELECT @@gtid_current_pos AS position'),
    )

    expect(rows).toEqual([{ position: '' }])
  })

  test('lets the keeper change roles', async () => {
    await as(keeper, async (connection) => {
      for (const sql of roleChanges) await connection.query(sql)
    })
  })

  test('does not let the keeper read the business', async () => {
    expect(await refusal(keeper, 'CREATE TABLE pay.t (id INT)')).not.toBeNull()
    expect(await refusal(keeper, 'SELECT * FROM mysql.global_priv')).toBe(tableDenied)
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
    expect(await refusal(subsystem('act'), "UPDATE act.t SET v = 'b'")).toBeNull()
    expect(await refusal(subsystem('act'), 'DELETE FROM act.t')).toBe(tableDenied)
    expect(await refusal(subsystem('act'), 'SELECT * FROM pay.t')).toBe(tableDenied)
    expect(await refusal(subsystem('act'), 'CREATE TABLE act.u (id INT)')).toBe(tableDenied)
    // A transfer books accounts in the transaction that records it.
    expect(await refusal(subsystem('pay'), "INSERT INTO act.t VALUES (2, 'a')")).toBeNull()
    expect(await refusal(subsystem('pay'), 'SELECT * FROM cif.t')).toBe(tableDenied)
    expect(await refusal(account('workload'), 'SELECT * FROM act.t')).toBeNull()
    expect(await refusal(account('workload'), 'DELETE FROM act.t')).toBe(tableDenied)
    expect(await refusal(account('workload'), 'DELETE FROM bench.t')).toBeNull()
  })

  test('keeps everybody but the keeper from writing while it is read-only', async () => {
    await as(keeper, (connection) => connection.query('SET GLOBAL read_only = ON'))

    expect(await refusal(subsystem('act'), "INSERT INTO act.t VALUES (9, 'a')")).toBe(readOnly)

    await as(keeper, (connection) => connection.query('SET GLOBAL read_only = OFF'))
  })

  test('loads files from the load folder and from nowhere else', async () => {
    const { loadDir } = statePaths(bench.stateDir)
    await writeFile(join(loadDir, 'rows.tsv'), '11\tx\n12\ty\n', { mode: 0o644 })
    await writeFile(join(bench.stateDir, 'rows.tsv'), '13\tx\n', { mode: 0o644 })
    const load = (dir: string) => `LOAD DATA INFILE ${sqlLiteral(join(dir, 'rows.tsv'))} INTO TABLE cif.t`

    expect(await refusal(account('loader'), load(loadDir))).toBeNull()
    expect(await refusal(account('loader'), load(bench.stateDir))).toBe(secureFilePriv)
    expect(
      await as(account('workload'), (connection) => connection.query('SELECT id FROM cif.t ORDER BY id')),
    ).toEqual([{ id: 11 }, { id: 12 }])
  })

  test('lets the keeper in by its control port when all ordinary connections are taken', async () => {
    const taken: SqlConnection[] = []
    const target = { host: '127.0.0.1', port: spec.ports[0]!, ...account('workload') }
    try {
      const fill = async () => {
        for (;;) taken.push(await openConnection(target, limits))
      }
      expect(mysqlErrno(await fill().catch((error: unknown) => error))).toBe(tooManyConnections)

      const one = await as(keeper, (connection) => connection.query('SELECT 1 AS one'), spec.ports[1]!)

      expect(one).toEqual([{ one: 1 }])
    } finally {
      await Promise.all(taken.map((connection) => connection.close()))
    }
  })

  test('takes a new password from the secrets with its next start, and keeps its rows', async () => {
    await node.stop()
    const secrets = { ...testSecrets, database: { ...testSecrets.database, workload: 'another' } }
    const files = spec.files.map((file) =>
      file.path.endsWith('.sql') ? { ...file, text: accountsSql(secrets, 'mariadb') } : file,
    )

    node = await bench.start({ ...spec, files })

    expect(await refusal(account('workload'), 'SELECT 1')).toBe(accessDenied)
    const rows = await as({ user: 'corelab_workload', password: 'another' }, (connection) =>
      connection.query<{ rows: number }>('SELECT COUNT(*) AS `rows` FROM act.t'),
    )
    expect(rows).toEqual([{ rows: 2 }])
  })

  test('leaves nothing behind when it is killed and stopped', async () => {
    node.kill('SIGKILL')
    await node.stop()

    const traces = await tracesOf({ dirs: [bench.stateDir, socketDirOf(bench.stateDir)], ports: spec.ports })
    expect(traces.filter((line) => !line.startsWith('entry'))).toEqual([])
  })
})

test('a node starts in a folder so deep that its socket would not fit there', async () => {
  const bench = await openBench(join(...Array.from({ length: 12 }, (_, at) => `deep-folder-${at}`)))
  try {
    expect(socketDirOf(bench.stateDir).startsWith(bench.stateDir)).toBe(false)

    const node = await bench.start(await databaseSpec(bench.stateDir))

    expect(await node.stop()).toEqual({ code: 0, signal: null })
  } finally {
    await bench.dispose()
  }
})

test('a node with a broken configuration is reported with what the server said', async () => {
  const bench = await openBench()
  try {
    const spec = await databaseSpec(bench.stateDir)
    const files = spec.files.map((file) =>
      file.path.endsWith('.cnf') ? { ...file, text: `${file.text}\nno_such_setting = 1\n` } : file,
    )

    const error = await bench.start({ ...spec, files }).catch((reason: unknown) => reason)

    expect(error).toMatchObject({ code: 'COMPONENT_START_FAILED', fix: ['corelab logs db-1'] })
    expect((error as { message: string }).message).toContain('db-1 stopped while it was starting')
    expect((error as { detail: string }).detail).toContain("unknown variable 'no_such_setting=1'")
  } finally {
    await bench.dispose()
  }
})

describe('the prepared data dir', () => {
  let cacheDir: string
  beforeAll(async () => {
    cacheDir = join(await mkdtemp(join(tmpdir(), 'corelab-cache-')), 'cache of é')
  })
  afterAll(() => rm(join(cacheDir, '..'), { recursive: true, force: true }))

  test('is made once when two commands want it at the same time, and reused', async () => {
    const options = { cacheDir, programs: await detectMysql(), clock: systemClock }

    const [one, two] = await Promise.all([prepareDataDir(options), prepareDataDir(options)])

    expect(one).toBe(two)
    expect(await readdir(join(cacheDir, 'prepared'))).toEqual([one.split('/').at(-1)])
    expect(await readdir(one)).toContain('ibdata1')
    expect(
      await prepareDataDir({ ...options, programs: { ...options.programs, installerPath: '/bin/false' } }),
    ).toBe(one)
  })

  test('is not there when the installer fails, and the error shows what it said', async () => {
    const programs = await detectMysql()
    const installer = join(cacheDir, 'installer')
    await writeFile(installer, '#!/bin/sh\necho no luck today\nexit 1\n', { mode: 0o755 })
    const other = {
      ...programs,
      installerPath: installer,
      server: { ...programs.server, version: '99.0.0-MariaDB' },
    }

    const error = await prepareDataDir({ cacheDir, programs: other }).catch((reason) => reason)

    expect(error).toMatchObject({ code: 'COMPONENT_START_FAILED' })
    expect(error.detail).toContain('no luck today')
    expect(
      (await readdir(join(cacheDir, 'prepared'))).filter((name) => !name.startsWith('mariadb-10')),
    ).toEqual([])
  })

  test('what a killed preparation left is removed by the next one', async () => {
    const programs = await detectMysql()
    const draft = join(cacheDir, 'prepared', 'draft-999999999-1-1')
    await writeFile(draft, 'half')
    const server = { ...programs.server, version: '98.0.0-MariaDB' }

    await prepareDataDir({ cacheDir, programs: { ...programs, server } })

    expect(await readdir(join(cacheDir, 'prepared'))).not.toContain('draft-999999999-1-1')
  })
})

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

function account(purpose: 'schema' | 'loader' | 'workload') {
  return { user: `corelab_${purpose}`, password: testSecrets.database[purpose] }
}

function subsystem(code: string) {
  return { user: `${code}_app`, password: testSecrets.database.subsystems[code]! }
}

/** Each of them is needed for the safety argument, and the server's own default is another one for most. */
const safeSettings = {
  log_bin: '1',
  log_slave_updates: '1',
  binlog_format: 'ROW',
  sync_binlog: '1',
  innodb_flush_log_at_trx_commit: '1',
  gtid_strict_mode: '1',
  gtid_domain_id: '0',
  server_id: '1',
  read_only: '1',
  relay_log_recovery: '1',
  slave_net_timeout: '4',
  slave_parallel_mode: 'optimistic',
  rpl_semi_sync_master_wait_point: 'AFTER_SYNC',
  rpl_semi_sync_master_timeout: '4294967295',
  rpl_semi_sync_master_wait_no_slave: '1',
  rpl_semi_sync_master_enabled: '0',
  rpl_semi_sync_slave_enabled: '0',
  local_infile: '0',
  bind_address: '127.0.0.1',
  character_set_server: 'utf8mb4',
}

/** What a keeper does in a failover, a switchover and a rejoin. */
const roleChanges = [
  'SET GLOBAL read_only = ON',
  'SET GLOBAL read_only = OFF',
  'SET GLOBAL rpl_semi_sync_master_enabled = ON',
  'SET GLOBAL rpl_semi_sync_master_enabled = OFF',
  'SET GLOBAL rpl_semi_sync_slave_enabled = ON',
  'SET GLOBAL rpl_semi_sync_slave_enabled = OFF',
  "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'x', MASTER_USE_GTID = slave_pos",
  'START SLAVE',
  'STOP SLAVE IO_THREAD',
  'SHOW SLAVE STATUS',
  'STOP SLAVE',
  'RESET SLAVE ALL',
  "SET GLOBAL gtid_slave_pos = ''",
  'SHOW MASTER STATUS',
  'SHOW BINARY LOGS',
  'SHOW SLAVE HOSTS',
  'SHOW FULL PROCESSLIST',
  "SELECT MASTER_GTID_WAIT('', 0)",
  'SET sql_log_bin = 0',
  'SET sql_log_bin = 1',
  'FLUSH BINARY LOGS',
  'RESET MASTER',
  'SET GLOBAL read_only = ON',
]
