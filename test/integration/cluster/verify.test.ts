import { afterEach, expect, test } from 'vitest'
import { verifyCluster } from '../../../src/cluster/verify/verify-cluster.js'
import type { VerifyCheck, VerifyResult, VerifyTools } from '../../../src/cluster/verify/verify-tools.js'
import { type NodeName, nodeNames } from '../../../src/model/node.js'
import type { LogPlace, QlinkStatus } from '../../../src/model/qlink.js'
import { type DatabaseCluster, openDatabaseCluster } from '../../support/database-cluster.js'

const [master, shadow, slave] = nodeNames as [NodeName, NodeName, NodeName]
let cluster: DatabaseCluster

afterEach(async () => {
  await cluster.dispose()
})

test('nodes that are written to are compared at one position, and go on', async () => {
  await begin()
  const writing = await writers(4)
  const result = await verifyCluster(toolsOf())
  const written = await writing.stop()

  expect(checkOf(result, 'position')).toMatchObject({ valid: true, violations: [] })
  expect(checkOf(result, 'tables')).toMatchObject({ valid: true, violations: [] })
  expect(checkOf(result, 'errant').valid).toBe(true)
  expect(checkOf(result, 'qlink').valid).toBe(true)
  expect(result).toMatchObject({ epoch: 1, master, differences: [], tables: 3 })
  expect(result.nodes.map(({ node, compared }) => [node, compared])).toEqual([
    [master, true],
    [shadow, true],
    [slave, true],
  ])
  expect(result.rows).toBeGreaterThanOrEqual(bigRows)
  // The writers were not held: they wrote during all of it, and their last rows arrive.
  expect(written).toBeGreaterThan(0)
  await level()
  for (const node of [shadow, slave])
    expect(await cluster.ask(node, 'SELECT COUNT(*) AS n FROM corelab.hot')).toEqual([{ n: written }])
})

test('a commit that waits for its acknowledgement, and that replicas have already, is waited for', async () => {
  await begin()
  const [writer, ...readers] = await Promise.all([master, master, shadow, slave].map(cluster.client))
  await writer!.query('CREATE DATABASE bench')
  await writer!.query('CREATE TABLE bench.kv (id INT NOT NULL PRIMARY KEY)')
  await level()
  // Nobody acknowledges: the replicas get the row, and the master shows it to nobody.
  await cluster.ask(master, 'SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC')
  await cluster.ask(master, 'SET GLOBAL rpl_semi_sync_master_enabled = ON')
  const committed = writer!.query('INSERT INTO bench.kv VALUES (7)')
  const seen = () =>
    Promise.all(readers.map(async (each) => (await each.query('SELECT id FROM bench.kv')).length))
  await expect.poll(seen).toEqual([0, 1, 1])

  const verified = verifyCluster(toolsOf())
  await expect.poll(() => threadsOf(slave)).toBe('No No')
  await cluster.ask(master, 'SET GLOBAL rpl_semi_sync_master_enabled = OFF')
  const result = await verified

  expect(checkOf(result, 'position')).toMatchObject({ valid: true, violations: [] })
  expect(result.differences).toEqual([])
  await committed
  for (const each of [writer!, ...readers]) await each.close()
})

test('one byte in one row of a large table on one node is found, with its part and its key', async () => {
  await begin()
  await onlyOn(slave, "UPDATE corelab.big SET v = 'row 33334' WHERE le = 'E1' AND id = 33333")
  const result = await verifyCluster(toolsOf())

  expect(result.valid).toBe(false)
  expect(checkOf(result, 'tables').violations).toEqual(['corelab.big on db-3: row E1, 33333 is changed'])
  const [difference] = result.differences
  expect(result.differences).toHaveLength(1)
  expect(difference).toMatchObject({
    node: slave,
    table: 'corelab.big',
    kind: 'rows',
    range: { from: "'E1', 20000", to: "'E1', 40000" },
    rows: { master: 20_000, node: 20_000 },
    keys: [{ key: 'E1, 33333', kind: 'changed' }],
  })
})

test('rows, tables and columns that are there for one node only are named', async () => {
  await begin()
  await onlyOn(shadow, 'DELETE FROM corelab.big WHERE id = 1')
  await onlyOn(shadow, "INSERT INTO corelab.small VALUES (7, NULL, x'00ff')")
  await onlyOn(shadow, 'CREATE TABLE corelab.surplus (id INT)')
  await onlyOn(slave, 'DROP TABLE corelab.small')
  await onlyOn(slave, 'ALTER TABLE corelab.big MODIFY v VARCHAR(51)')
  const result = await verifyCluster(toolsOf())

  expect(checkOf(result, 'tables').violations.toSorted()).toEqual([
    'corelab.big has other columns on db-3',
    'corelab.big on db-2: row E1, 1 is missing',
    'corelab.small on db-2: row 7 is surplus',
    'db-3 does not have corelab.small',
    'only db-2 has corelab.surplus',
  ])
})

test('NULL is not the empty text, and bytes are compared as bytes', async () => {
  await begin()
  await onlyOn(shadow, "UPDATE corelab.small SET t = '' WHERE id = 1")
  await onlyOn(slave, "UPDATE corelab.small SET b = x'00fe' WHERE id = 2")
  const result = await verifyCluster(toolsOf())
  expect(checkOf(result, 'tables').violations.toSorted()).toEqual([
    'corelab.small on db-2: row 1 is changed',
    'corelab.small on db-3: row 2 is changed',
  ])
})

test('a node that was written to by itself is named, with what it wrote', async () => {
  await begin()
  await cluster.ask(slave, "INSERT INTO corelab.small VALUES (8, 'errant', NULL)")
  const result = await verifyCluster(toolsOf())
  expect(checkOf(result, 'errant').violations).toEqual([
    expect.stringMatching(/^db-3 has 0-\d+-\d+, which db-1 never had$/),
  ])
  expect(checkOf(result, 'position').violations).toEqual([
    expect.stringMatching(/^db-3 could not be compared: it is at 0-\d+-\d+$/),
  ])
})

test('a replica that passed over what carries its own id is named, though it says that it has it', async () => {
  await begin()
  // Under the id of the writer, it takes the master's writes for its own.
  await cluster.ask(slave, 'STOP SLAVE')
  await cluster.ask(slave, 'SET GLOBAL server_id = 1')
  await cluster.ask(slave, 'START SLAVE')
  await cluster.ask(master, "INSERT INTO corelab.small VALUES (7, 'passed over', NULL)")
  await cluster.ask(master, 'SET GLOBAL server_id = 5')
  await cluster.tools.controls.get(master)!.drop()
  await cluster.ask(master, "INSERT INTO corelab.small VALUES (8, 'applied', NULL)")
  await level()
  const result = await verifyCluster(toolsOf())
  expect(checkOf(result, 'errant').violations).toEqual([
    expect.stringMatching(/^db-3 passed over 0-1-\d+, and is at 0-5-\d+$/),
  ])
  expect(checkOf(result, 'position').violations).toEqual([])
  expect(checkOf(result, 'tables').violations).toEqual(['corelab.small on db-3: row 7 is missing'])
})

test('a replica that cannot apply is named; the others are compared, and nobody is left standing', async () => {
  await begin()
  await onlyOn(slave, 'DROP TABLE corelab.small')
  await cluster.ask(master, "INSERT INTO corelab.small VALUES (9, 'stops db-3', NULL)")
  await expect.poll(() => threadsOf(slave)).toBe('Yes No')
  const result = await verifyCluster(toolsOf())
  expect(checkOf(result, 'position').violations).toEqual([
    expect.stringMatching(/^db-3 could not be compared: db-3 does not apply/),
  ])
  expect(result.nodes.map(({ compared }) => compared)).toEqual([true, true, false])
  expect(checkOf(result, 'tables').valid).toBe(true)
  expect(await threadsOf(shadow)).toBe('Yes Yes')
})

test('tables that DDL changes meanwhile are named; the others are compared', async () => {
  await begin()
  const result = await verifyCluster({
    ...toolsOf(),
    withoutRepairs: async (work) => {
      const at = await work(() => true)
      await cluster.ask(master, 'ALTER TABLE corelab.small ADD INDEX (t), FORCE')
      await cluster.ask(master, 'DROP TABLE corelab.hot')
      return at
    },
  })
  expect(checkOf(result, 'tables').violations.toSorted()).toEqual([
    'corelab.hot was changed by DDL meanwhile; verify again',
    'corelab.small was changed by DDL meanwhile; verify again',
  ])
  expect(result.rows).toBe(bigRows)
})

test('a second acknowledger, or a commit that waits for nobody, is a violation', async () => {
  await begin()
  await cluster.ask(slave, 'SET GLOBAL rpl_semi_sync_slave_enabled = ON')
  const { violations } = checkOf(await verifyCluster(toolsOf()), 'settings')
  expect(violations).toContain(
    'db-3: rpl_semi_sync_slave_enabled is ON, must be OFF: only qlink may acknowledge',
  )
  // This cluster has no qlink: its master demands no acknowledgement.
  expect(violations.filter((text) => text.startsWith('db-1:')).map((text) => text.split(' ')[1])).toEqual([
    'rpl_semi_sync_master_enabled',
    'Rpl_semi_sync_master_status',
    'Rpl_semi_sync_master_clients',
  ])
  expect(violations.filter((text) => text.startsWith('db-2:'))).toEqual([])
})

test("what clients can see, and qlink's log lacks, is a violation", async () => {
  await begin()
  const { violations } = checkOf(await verifyCluster(toolsOf({ place: 'after' })), 'qlink')
  expect(violations).toEqual([
    expect.stringMatching(/^0-1-\d+, which clients of db-1 can see, is not in qlink's log$/),
  ])
})

test('a change of master goes first: no replica is told to go on behind its back', async () => {
  await begin()
  const tools = toolsOf()
  const resumed = verifyCluster({
    ...tools,
    withoutRepairs: (work) => work(() => false),
    openReader: async (node) => {
      if (node === slave) throw new Error('cannot be read')
      return tools.openReader(node)
    },
  })
  await expect(resumed).rejects.toThrow('cannot be read')
  // Told nothing, they stand as the other left them; here nobody had stopped them yet.
  expect(await threadsOf(shadow)).toBe('Yes Yes')

  await verifyCluster({ ...tools, withoutRepairs: (work) => work(() => false) })
  expect(await threadsOf(shadow)).toBe('No No')
})

const bigRows = 50_000

async function begin(): Promise<void> {
  cluster = await openDatabaseCluster(3)
  const ask = (sql: string) => cluster.ask(master, sql)
  await ask('CREATE DATABASE corelab')
  await ask(
    'CREATE TABLE corelab.big (le CHAR(2) NOT NULL, id INT NOT NULL, v VARCHAR(50) NOT NULL, PRIMARY KEY (le, id))',
  )
  await ask('CREATE TABLE corelab.small (id INT NOT NULL PRIMARY KEY, t VARCHAR(20), b VARBINARY(20))')
  await ask('CREATE TABLE corelab.hot (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT NOT NULL)')
  await ask(`INSERT INTO corelab.big SELECT 'E1', n, CONCAT('row ', n) FROM (${numbersSql}) AS numbers`)
  await ask("INSERT INTO corelab.small VALUES (1, NULL, x'00ff'), (2, 'two', x'00ff')")
  await level()
  for (const node of [master, shadow, slave])
    await cluster.ask(node, 'ANALYZE NO_WRITE_TO_BINLOG TABLE corelab.big')
}

/** 1 to 50,000. */
const numbersSql = `WITH RECURSIVE d AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM d WHERE n < 9)
  SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * e.n + 10000 * f.n AS n FROM d a, d b, d c, d e, d f
   WHERE f.n < 5`

function toolsOf(log: { readonly place: LogPlace } = { place: 'inside' }): VerifyTools {
  const status = { phase: 'open', leader: { node: master }, diskError: null } as QlinkStatus
  return {
    ...cluster.tools,
    qlink: {
      status: async () => status,
      lookup: async (gtids) => ({ places: gtids.map(() => log.place) }),
    },
    openReader: (node) => cluster.client(node),
    withoutRepairs: (work) => work(() => true),
  }
}

/** By a session that writes nothing to the binlog: what no replication will ever tell. */
async function onlyOn(node: NodeName, sql: string): Promise<void> {
  const control = cluster.tools.controls.get(node)!
  await control.run(20_000, async (connection) => {
    await connection.query('SET sql_log_bin = 0')
    await connection.query(sql)
  })
  control.drop()
}

async function writers(count: number): Promise<{ stop(): Promise<number> }> {
  let stopped = false
  let written = 0
  const all = Array.from({ length: count }, async () => {
    while (!stopped) {
      await cluster.ask(master, 'INSERT INTO corelab.hot (v) VALUES (1)')
      written++
    }
  })
  await expect.poll(() => written).toBeGreaterThan(count)
  return {
    async stop() {
      stopped = true
      await Promise.all(all)
      return written
    },
  }
}

async function level(): Promise<void> {
  const [row] = await cluster.ask<{ position: string }>(master, 'SELECT @@gtid_binlog_pos AS position')
  for (const node of [shadow, slave]) {
    const [waited] = await cluster.ask<{ w: number }>(
      node,
      `SELECT MASTER_GTID_WAIT('${row?.position}', 15) AS w`,
    )
    expect(Number(waited?.w)).toBe(0)
  }
}

async function threadsOf(node: NodeName): Promise<string> {
  const [row] = await cluster.ask<{ Slave_IO_Running: string; Slave_SQL_Running: string }>(
    node,
    'SHOW SLAVE STATUS',
  )
  return `${row?.Slave_IO_Running} ${row?.Slave_SQL_Running}`
}

function checkOf(result: VerifyResult, name: VerifyCheck['name']): VerifyCheck {
  return result.checks.find((check) => check.name === name)!
}
