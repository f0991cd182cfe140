import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { loadPopulation } from '../../../src/population/load.js'
import { verifyPopulation } from '../../../src/population/verify/verify-population.js'
import { createBankTables } from '../../support/bank.js'
import { testContext } from '../../support/fake-component.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

let servers: TestMariadb[] = []
let loadDir: string
let first: SqlConnection
let second: SqlConnection

const spec = { seed: 42, customers: 1500, entities: 81, locale: 'zh', identity: 'safe' } as const

beforeAll(async () => {
  servers = await Promise.all([startMariadb([]), startMariadb([])])
  loadDir = await mkdtemp(join(tmpdir(), 'corelab-test-verify-'))
  ;[first, second] = (await Promise.all(servers.map((server) => server.connect()))) as [
    SqlConnection,
    SqlConnection,
  ]
  for (const connection of [first, second]) {
    await createBankTables(connection)
    await loadPopulation({ ...spec, connection, loadDir }, testContext())
  }
}, 120_000)

afterAll(async () => {
  await Promise.all([first, second].map((connection) => connection?.close()))
  await Promise.all(servers.map((server) => server.stop()))
  await rm(loadDir, { recursive: true, force: true })
})

/** What a test does to the rows is never committed: the session that verifies sees it, and the next test does not. */
beforeEach(async () => {
  await first.begin()
  await second.begin()
  return async () => {
    await first.rollback()
    await second.rollback()
  }
})

const verify = () =>
  verifyPopulation(
    {
      ...spec,
      nodes: [
        { node: 'db-1', connection: first },
        { node: 'db-2', connection: second },
      ],
    },
    testContext(),
  )

test('what was loaded is proven on both nodes, with every check between the tables', async () => {
  const verdict = await verify()

  expect(verdict.valid, verdict.summary).toBe(true)
  expect(verdict.nodes.map(({ node, equal }) => [node, equal])).toEqual([
    ['db-1', true],
    ['db-2', true],
  ])
  expect(verdict.checks.map(({ name, valid }) => [name, valid])).toEqual([
    ['rows', true],
    ['references', true],
    ['routes', true],
    ['vouchers', true],
    ['identities', true],
  ])
  expect(verdict.differences).toEqual([])
})

test('one changed byte in one row of one node is found: node, table, key and column', async () => {
  const [row] = await second.query<{ le_code: string; customer_id: number; address: string }>(
    'SELECT le_code, customer_id, address FROM cif.customer_05 ORDER BY customer_id LIMIT 1',
  )
  const { le_code, customer_id, address } = row!
  const changed = `${address.slice(0, -1)}?`
  await second.execute('UPDATE cif.customer_05 SET address = ? WHERE le_code = ? AND customer_id = ?', [
    changed,
    le_code,
    customer_id,
  ])

  const verdict = await verify()

  expect(verdict.valid).toBe(false)
  expect(verdict.nodes.map(({ equal }) => equal)).toEqual([true, false])
  expect(verdict.differences).toEqual([
    {
      node: 'db-2',
      table: 'cif.customer_05',
      entity: le_code,
      key: `${customer_id}`,
      kind: 'changed',
      column: 'address',
      expected: address,
      found: changed,
    },
  ])
})

test('a missing account, an additional one and a stolen cent are found and told apart', async () => {
  await first.execute('DELETE FROM act.settlement_account_01 ORDER BY account_no LIMIT 1')
  await second.execute(
    "INSERT INTO act.settlement_account_02 SELECT le_code, account_no + 5, customer_id, 1, 'CNY', 0, 'A', opened_on, 0 FROM act.settlement_account_02 LIMIT 1",
  )
  await second.execute(
    'UPDATE act.settlement_account_03 SET balance = balance + 1 ORDER BY account_no LIMIT 1',
  )

  const { valid, differences } = await verify()

  expect(valid).toBe(false)
  expect(differences.map(({ node, table, kind, column }) => [node, table, kind, column])).toEqual([
    ['db-1', 'act.settlement_account_01', 'missing', null],
    ['db-2', 'act.settlement_account_02', 'extra', null],
    ['db-2', 'act.settlement_account_03', 'changed', 'balance'],
  ])
})

test('a customer who is gone leaves accounts without an owner', async () => {
  await first.execute('DELETE FROM cif.customer_07 ORDER BY customer_id LIMIT 1')

  const { checks } = await verify()

  const { valid, violations } = checks.find(({ name }) => name === 'references')!
  expect(valid).toBe(false)
  expect(violations.join('\n')).toMatch(
    /^db-1: act\.settlement_account_07: \d rows without their cif\.customer, first E\d\d 1\d{9}$/m,
  )
})

test('an identity number with a wrong check character is impossible', async () => {
  await second.execute(
    "UPDATE cif.customer_09 SET identity_no = CONCAT(LEFT(identity_no, 17), IF(RIGHT(identity_no, 1) = '1', '2', '1')) ORDER BY customer_id LIMIT 1",
  )

  const { checks } = await verify()

  const { violations } = checks.find(({ name }) => name === 'identities')!
  expect(violations).toEqual([
    expect.stringMatching(/^db-2: cif\.customer_09: 1 impossible identity numbers, first E\d\d 1\d{9} 3399/),
  ])
})

test('an altered table is a difference that says what the server said', async () => {
  await second.execute('ALTER TABLE cif.customer_07 RENAME COLUMN address TO residence')
  try {
    const { valid, checks } = await verify()

    expect(valid).toBe(false)
    expect(checks[0]?.violations[0]).toMatch(/^db-2 cif\.customer_07: .*Unknown column 'address'/)
  } finally {
    await second.execute('ALTER TABLE cif.customer_07 RENAME COLUMN residence TO address')
  }
})

test('a route that leads to somebody else is found', async () => {
  await second.execute(
    'UPDATE cif.route_mobile_03 SET customer_id = customer_id + 16 ORDER BY mobile LIMIT 1',
  )

  const { checks, differences } = await verify()

  expect(checks.find(({ name }) => name === 'routes')?.violations).toEqual([
    expect.stringMatching(/^db-2: cif\.route_mobile does not lead to the mobile of cif\.customer/),
  ])
  expect(differences.map(({ node, table, kind }) => `${node} ${table} ${kind}`)).toEqual([
    'db-2 cif.route_mobile_03 extra',
    'db-2 cif.route_mobile_03 missing',
  ])
})

test('a voucher out of balance, and one that is not what the accounts held, are found', async () => {
  await first.execute(
    "UPDATE acc.opening_voucher_line SET amount = amount + 1 WHERE le_code = 'E05' AND direction = 'C' ORDER BY line_no LIMIT 1",
  )

  const { violations } = (await verify()).checks.find(({ name }) => name === 'vouchers')!

  expect(violations[0]).toMatch(/^db-1: voucher E05 0: lines debit [\d,.]+ credit [\d,.]+, head debit/)
  expect(violations[1]).toMatch(/^db-1: E05: the vouchers credit [\d,.]+, its accounts held [\d,.]+$/)
})

test('a population that was used is still proven: postings are taken back first', async () => {
  const [account] = await first.query<{ le_code: string; account_no: number; balance: number }>(
    'SELECT le_code, account_no, balance FROM act.settlement_account_00 WHERE balance > 1000 LIMIT 1',
  )
  const { le_code, account_no, balance } = account!
  await first.execute(
    'UPDATE act.settlement_account_00 SET balance = balance - 700, row_version = 1 WHERE le_code = ? AND account_no = ?',
    [le_code, account_no],
  )
  expect((await verify()).valid).toBe(false)

  await first.execute(
    `INSERT INTO act.account_entry_00 VALUES (?, ?, 1, REPEAT('0', 26), NOW(3), -700, ?, 'transfer')`,
    [le_code, account_no, balance - 700],
  )

  const verdict = await verify()
  expect(verdict.valid, verdict.summary).toBe(true)
})

test('two rows that exchanged a value are found, though an XOR of their checksums would stay the same', async () => {
  const rows = await second.query<{ le_code: string; customer_id: number; mobile: string }>(
    "SELECT le_code, customer_id, mobile FROM cif.customer_06 WHERE le_code = 'E01' ORDER BY customer_id LIMIT 2",
  )
  const [left, right] = rows as [(typeof rows)[0], (typeof rows)[0]]
  for (const [row, mobile] of [
    [left, right.mobile],
    [right, left.mobile],
  ] as const)
    await second.execute('UPDATE cif.customer_06 SET mobile = ? WHERE le_code = ? AND customer_id = ?', [
      mobile,
      row.le_code,
      row.customer_id,
    ])

  const { differences } = await verify()

  expect(differences.map(({ table, key, column }) => [table, key, column]).toSorted()).toEqual([
    ['cif.customer_06', `${left.customer_id}`, 'mobile'],
    ['cif.customer_06', `${right.customer_id}`, 'mobile'],
  ])
})
