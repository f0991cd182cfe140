import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { systemClock } from '../../../src/kit/clock.js'
import { minor } from '../../../src/kit/money.js'
import { seededRandom } from '../../../src/kit/random.js'
import { legalEntity } from '../../../src/model/legal-entity.js'
import type { AccountNo } from '../../../src/model/sub-tables.js'
import type { DataSource } from '../../../src/platform/data-source.js'
import { openSequence } from '../../../src/platform/sequence.js'
import {
  resolveTransfer,
  type TransferRequest,
  transfer,
  transferInTransaction,
} from '../../../src/subsystems/pay/transfer.js'
import {
  createBankTables,
  dataSourceOf,
  e01,
  endpointsOf,
  HandTurnedTopology,
  putAccount,
} from '../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'
import { topologyOf } from '../../support/topologies.js'

let server: TestMariadb
let admin: SqlConnection
let dataSource: DataSource
const sequence = openSequence({ clock: systemClock, rng: seededRandom(1) })

beforeAll(async () => {
  server = await startMariadb(['--log-bin', '--sync-binlog=1'])
  admin = await server.connect()
  await createBankTables(admin)
  const topology = topologyOf({ epoch: 1, down: [2, 3, 4], endpoint: endpointsOf({ 'db-1': server }) })
  dataSource = dataSourceOf(server, new HandTurnedTopology(topology), { poolSize: 32 })
})

afterAll(async () => {
  await dataSource?.close()
  await admin?.close()
  await server?.stop()
})

let customers = 1_000_000_000
const accountWith = (
  balance: bigint,
  more: { le?: ReturnType<typeof legalEntity>; currency?: string; status?: string } = {},
) => putAccount(admin, { customer: ++customers, balance, ...more })

let keys = 0
function request(from: AccountNo, to: AccountNo, amount: bigint, key = `key-${++keys}`): TransferRequest {
  return {
    le: e01,
    idempotencyKey: key,
    payerAccount: from,
    payeeAccount: to,
    amount: minor(amount),
    gsn: sequence.next(),
    atMs: systemClock.wallMs(),
  }
}

async function stateOf(account: AccountNo): Promise<{ balance: bigint; entries: bigint[]; version: number }> {
  const nn = (Math.floor(account / 10) % 16).toString().padStart(2, '0')
  const [row] = await admin.query<{ balance: number; version: number }>(
    `SELECT balance, row_version AS version FROM act.settlement_account_${nn} WHERE account_no = ${account}`,
  )
  const entries = await admin.query<{ amount: number }>(
    `SELECT amount FROM act.account_entry_${nn} WHERE account_no = ${account} ORDER BY entry_no`,
  )
  return {
    balance: BigInt(row!.balance),
    version: row!.version,
    entries: entries.map((entry) => BigInt(entry.amount)),
  }
}

test('a transfer moves the money and writes one entry on each side', async () => {
  const [payer, payee] = [await accountWith(10_000n), await accountWith(5n)]

  const receipt = await transfer(dataSource, request(payer, payee, 2_500n))

  expect(receipt).toMatchObject({ amount: 2_500n, status: 'S', replayed: false })
  expect(await stateOf(payer)).toEqual({ balance: 7_500n, version: 1, entries: [-2_500n] })
  expect(await stateOf(payee)).toEqual({ balance: 2_505n, version: 1, entries: [2_500n] })
})

test('32 concurrent calls with one key move the money once and get one answer, though a second could not be paid', async () => {
  const [payer, payee] = [await accountWith(1_000n), await accountWith(0n)]

  const receipts = await Promise.all(
    Array.from({ length: 32 }, () => transfer(dataSource, request(payer, payee, 600n, 'retried'))),
  )

  expect(new Set(receipts.map((receipt) => `${receipt.gsn} ${receipt.createdAt}`)).size).toBe(1)
  expect(receipts.filter((receipt) => !receipt.replayed)).toHaveLength(1)
  expect(await stateOf(payer)).toEqual({ balance: 400n, version: 1, entries: [-600n] })
  expect(await stateOf(payee)).toEqual({ balance: 600n, version: 1, entries: [600n] })
})

test('the same key with another request is refused, in order or at the same moment', async () => {
  const [payer, payee, other] = [await accountWith(1_000n), await accountWith(0n), await accountWith(1_000n)]
  await transfer(dataSource, request(payer, payee, 100n, 'taken'))

  await expect(transfer(dataSource, request(payer, payee, 101n, 'taken'))).rejects.toMatchObject({
    retCode: 'IDEMPOTENCY_CONFLICT',
  })
  const ended = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) =>
      transfer(dataSource, request(index % 2 ? payer : other, payee, 1n, 'raced')),
    ),
  )

  const payers = ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value.payerAccount] : []))
  expect(new Set(payers).size).toBe(1)
  expect(payers).toHaveLength(4)
  for (const each of ended)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ retCode: 'IDEMPOTENCY_CONFLICT' })
})

test('what the accounts do not allow is refused by name and changes nothing', async () => {
  const poor = await accountWith(99n)
  const rich = await accountWith(1_000n)
  const cases: [string, TransferRequest][] = [
    ['INSUFFICIENT_FUNDS', request(poor, rich, 100n)],
    ['SAME_ACCOUNT', request(rich, rich, 1n)],
    ['ACCOUNT_UNKNOWN', request(rich, 19_999_999_990 as AccountNo, 1n)],
    ['ENTITY_MISMATCH', request(rich, await accountWith(0n, { le: legalEntity(2) }), 1n)],
    ['ACCOUNT_NOT_ACTIVE', request(rich, await accountWith(0n, { status: 'B' }), 1n)],
    ['CURRENCY_MISMATCH', request(await accountWith(500n, { currency: 'USD' }), rich, 1n)],
  ]
  for (const [retCode, each] of cases)
    await expect(transfer(dataSource, each), retCode).rejects.toMatchObject({
      code: 'BUSINESS_REFUSED',
      retCode,
    })

  expect(await stateOf(poor)).toEqual({ balance: 99n, version: 0, entries: [] })
  expect(await stateOf(rich)).toEqual({ balance: 1_000n, version: 0, entries: [] })
})

test('many refused calls with one key at once are all refused, and the key stays free', async () => {
  const [payer, payee] = [await accountWith(10n), await accountWith(0n)]

  const ended = await Promise.allSettled(
    Array.from({ length: 32 }, () => transfer(dataSource, request(payer, payee, 11n, 'later'))),
  )
  expect(ended.map((each) => each.status === 'rejected' && each.reason.retCode)).toEqual(
    Array(32).fill('INSUFFICIENT_FUNDS'),
  )

  await admin.query(
    `UPDATE act.settlement_account_${(Math.floor(payer / 10) % 16).toString().padStart(2, '0')}
        SET balance = 11 WHERE account_no = ${payer}`,
  )
  expect(await transfer(dataSource, request(payer, payee, 11n, 'later'))).toMatchObject({ replayed: false })
})

test('money is conserved and every entry is in its place under concurrent transfers over few accounts', async () => {
  const accounts = await Promise.all(Array.from({ length: 5 }, () => accountWith(1_000n)))
  const random = seededRandom(7)
  const clients = Array.from({ length: 16 }, async () => {
    for (let round = 0; round < 12; round++) {
      const from = accounts[random.below(5)]!
      const to = accounts.filter((each) => each !== from)[random.below(4)]!
      await transfer(dataSource, request(from, to, BigInt(1 + random.below(900)))).catch((error) => {
        if (error.retCode !== 'INSUFFICIENT_FUNDS') throw error
      })
    }
  })
  await Promise.all(clients)

  let total = 0n
  for (const account of accounts) {
    const { balance, entries, version } = await stateOf(account)
    expect(balance).toBeGreaterThanOrEqual(0n)
    expect(1_000n + entries.reduce((sum, amount) => sum + amount, 0n)).toBe(balance)
    expect(entries).toHaveLength(version)
    total += balance
  }
  expect(total).toBe(5_000n)
})

test('a transaction that lost a deadlock is run again', async () => {
  const [low, high] = [await accountWith(100n), await accountWith(100n)]
  const lockRow = (account: AccountNo) =>
    `SELECT balance FROM act.settlement_account_${(Math.floor(account / 10) % 16).toString().padStart(2, '0')}
      WHERE le_code = 'E01' AND account_no = ${account} FOR UPDATE`
  const blocker = await server.connect()
  // A heavier transaction than the transfer's, so that the server chooses the transfer as the victim.
  await blocker.begin()
  await blocker.query("INSERT INTO bench.kv SELECT seq, 0, '' FROM bench.seq_1_to_2000")
  await blocker.query(lockRow(high))

  const sentBefore = dataSource.sent()['db-1'] ?? 0
  const moving = transfer(dataSource, request(low, high, 10n))
  await until(
    "SELECT CAST(variable_value AS INT) AS n FROM information_schema.global_status WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'",
  )
  await blocker.query(lockRow(low))
  await blocker.rollback()

  expect(await moving).toMatchObject({ amount: 10n })
  expect((await stateOf(low)).entries).toEqual([-10n])
  expect(dataSource.sent()['db-1']).toBe(sentBefore + 2)
  await blocker.close()
})

/** Until a count on the server is not zero (not from innodb_trx: that is a cache, stale while it is polled). */
async function until(sql: string): Promise<void> {
  for (;;) {
    const [row] = await admin.query<{ n: number }>(sql)
    if (row!.n > 0) return
  }
}

async function restart(): Promise<void> {
  await server.restart()
  admin = await server.connect()
}

test('a commit that a frozen server never carried out is of unknown outcome, and resolves to nothing', async () => {
  const [payer, payee] = [await accountWith(1_000n), await accountWith(0n)]
  const wanted = request(payer, payee, 10n)

  const cut = dataSource.write(async (connection) => {
    await transferInTransaction(connection, wanted)
    server.kill('SIGSTOP')
    queueMicrotask(() => setImmediate(() => server.kill('SIGKILL')))
  })
  await expect(cut).rejects.toMatchObject({ code: 'WRITE_OUTCOME_UNKNOWN' })
  await server.crash()
  await restart()

  expect(await resolveTransfer(dataSource, wanted)).toBeNull()
  expect(await transfer(dataSource, wanted)).toMatchObject({ replayed: false })
})

test('a commit that was carried out but not answered is of unknown outcome, and resolves to its receipt', async () => {
  const [payer, payee] = [await accountWith(1_000n), await accountWith(0n)]
  const wanted = request(payer, payee, 10n)
  // The commit is in the binlog and waits for an acknowledgement that nobody will give.
  await admin.query('SET GLOBAL rpl_semi_sync_master_timeout = 4294967295')
  await admin.query('SET GLOBAL rpl_semi_sync_master_enabled = ON')

  const cut = transfer(dataSource, wanted).catch((error: unknown) => error)
  await until("SELECT COUNT(*) AS n FROM information_schema.processlist WHERE state LIKE '%semi-sync ACK%'")
  await server.crash()
  expect(await cut).toMatchObject({ code: 'WRITE_OUTCOME_UNKNOWN' })
  await restart()

  expect(await resolveTransfer(dataSource, wanted)).toMatchObject({ gsn: wanted.gsn, amount: 10n })
  expect(await transfer(dataSource, wanted)).toMatchObject({ gsn: wanted.gsn, replayed: true })
  expect(await stateOf(payee)).toEqual({ balance: 10n, version: 1, entries: [10n] })
})

test('whatever was under way when the server died: OK is kept, refused is not, unknown is settled by the key', async () => {
  const [payer, payee] = [await accountWith(1_000n), await accountWith(0n)]
  const outcomes: { wanted: TransferRequest; code: string }[] = []
  const acknowledged = () => outcomes.filter((each) => each.code === 'ok').length
  const clients = Array.from({ length: 8 }, async () => {
    for (let code = 'ok'; code === 'ok'; ) {
      const wanted = request(payer, payee, 1n)
      const work = (connection: SqlConnection) => transferInTransaction(connection, wanted)
      code = await dataSource.write(work, { patienceMs: 200 }).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      )
      outcomes.push({ wanted, code })
    }
  })
  while (acknowledged() < 20) await new Promise((resolve) => setImmediate(resolve))
  await server.crash()
  await Promise.all(clients)
  await restart()

  for (const { wanted, code } of outcomes) {
    const found = await resolveTransfer(dataSource, wanted)
    if (code === 'ok') expect(found, wanted.idempotencyKey).not.toBeNull()
    else if (code === 'WRITE_OUTCOME_UNKNOWN') await transfer(dataSource, wanted)
    else expect(found, `${wanted.idempotencyKey} ${code}`).toBeNull()
  }
  const { balance, entries } = await stateOf(payee)
  expect(BigInt(entries.length)).toBe(balance)
})
