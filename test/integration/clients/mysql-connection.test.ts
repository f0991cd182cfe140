import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection } from '../../../src/clients/mysql/connection.js'
import { mysqlErrno, outcomeOf } from '../../../src/clients/mysql/outcome.js'
import { openPool } from '../../../src/clients/mysql/pool.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

let server: TestMariadb

beforeAll(async () => {
  server = await startMariadb()
  const admin = await server.connect()
  await admin.query('CREATE DATABASE t')
  await admin.query(
    'CREATE TABLE t.n (id BIGINT PRIMARY KEY, v BIGINT, d DECIMAL(20,2), at DATETIME(3), on_day DATE)',
  )
  await admin.close()
})

afterAll(() => server?.stop())

const target = () => ({ host: '127.0.0.1', port: server.port, user: 'tester', password: server.password })

test('numbers keep their value, decimals and dates come as strings, in both protocols', async () => {
  const connection = await server.connect('t')
  const huge = 9_007_199_254_740_993n
  await connection.execute('INSERT INTO n VALUES (?, ?, ?, ?, ?)', [
    1,
    huge,
    '12345678901234567.89',
    '2026-01-02 03:04:05.678',
    '2026-01-02',
  ])
  const expected = {
    id: 1,
    v: huge.toString(),
    d: '12345678901234567.89',
    at: '2026-01-02 03:04:05.678',
    on_day: '2026-01-02',
  }

  expect(await connection.query('SELECT * FROM n WHERE id = 1')).toEqual([expected])
  expect(await connection.query('SELECT * FROM n WHERE v = ?', [huge])).toEqual([expected])
  expect(await connection.query('SELECT * FROM n WHERE v = ?', [huge + 1n])).toEqual([])
  await connection.close()
})

test('a refused statement names the server error and hides literals', async () => {
  const connection = await server.connect('t')

  const error = await connection.query("SELECT 'secret' FROM nowhere").catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ code: 'DATABASE_REFUSED' })
  expect(mysqlErrno(error)).toBe(1146)
  expect(outcomeOf(error)).toBe('not-applied')
  expect(JSON.stringify((error as { shape: unknown }).shape)).not.toContain('secret')
  await connection.close()
})

test('a wrong password is a refusal, a closed port is unreachable, an abort is a cancellation', async () => {
  const wrong = openConnection({ ...target(), password: 'x' }, { connectTimeoutMs: 2000 })
  await expect(wrong).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })

  const closed = openConnection({ ...target(), port: 1 }, { connectTimeoutMs: 2000 })
  await expect(closed).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })

  const abort = new AbortController()
  const aborted = openConnection(target(), { connectTimeoutMs: 2000, signal: abort.signal })
  abort.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('destroy rejects what is in flight: a read is not applied, a write outside a transaction is unknown', async () => {
  const reader = await server.connect('t')
  const writer = await server.connect('t')
  const inTransaction = await server.connect('t')
  await inTransaction.begin()

  const outcomes = [
    reader.query('SELECT SLEEP(30)'),
    writer.execute('DO SLEEP(30)'),
    inTransaction.execute('DO SLEEP(30)'),
  ].map((work) =>
    work.then(
      () => 'ok',
      (error: { code: string }) => error.code,
    ),
  )
  for (const each of [reader, writer, inTransaction]) each.destroy()

  expect(await Promise.all(outcomes)).toEqual([
    'DATABASE_UNREACHABLE',
    'WRITE_OUTCOME_UNKNOWN',
    'DATABASE_UNREACHABLE',
  ])
  await expect(reader.query('SELECT 1')).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
})

test('a server that falls silent is given up after the statement limit', async () => {
  const connection = await openConnection(target(), { connectTimeoutMs: 2000, statementLimitMs: 300 })

  await expect(connection.query('SELECT SLEEP(20)')).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringContaining('no answer within 300 ms'),
  })
  expect(connection.usable).toBe(false)
})

test('a session killed by the server tells its owner', async () => {
  const connection = await server.connect('t')
  const told = new Promise<Error>((resolve) => connection.onClose(resolve))
  const admin = await server.connect()

  await admin.query(`KILL ${connection.threadId}`)

  expect(await told).toBeInstanceOf(Error)
  expect(connection.usable).toBe(false)
  await admin.close()
})

test('a pool stays in its limit, rolls back what was left open, and replaces broken connections', async () => {
  const pool = openPool({ ...target(), database: 't' }, { connectionLimit: 2 })
  let together = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 12 }, () =>
      pool.use(async (connection) => {
        most = Math.max(most, ++together)
        await connection.query('SELECT SLEEP(0.01)')
        together--
      }),
    ),
  )
  expect(most).toBe(2)

  const forgetful = pool.use(async (connection) => {
    await connection.begin()
    await connection.execute('INSERT INTO n (id) VALUES (77)')
    throw new Error('forgot to roll back')
  })
  await expect(forgetful).rejects.toThrow('forgot to roll back')
  expect(await pool.use((c) => c.query('SELECT id FROM n WHERE id = 77'))).toEqual([])

  await pool.use(async (connection) => connection.destroy())
  const ids = await Promise.all(
    [1, 2].map(() => pool.use(async (c) => c.query('SELECT CONNECTION_ID() AS id'))),
  )
  expect(ids).toHaveLength(2)
  await pool.close()
})

test('after discardAll no earlier connection is lent again, after destroyAll busy ones are cut', async () => {
  const pool = openPool(target(), { connectionLimit: 2 })
  const idOf = () => pool.use(async (connection) => connection.threadId)
  const before = await idOf()
  expect(await idOf()).toBe(before)

  pool.discardAll()
  const after = await idOf()
  expect(after).not.toBe(before)

  let busy = 0
  await pool.use(async (connection) => {
    busy = connection.threadId
    pool.discardAll()
    await connection.query('SELECT 1')
  })
  expect(await idOf()).not.toBe(busy)

  const cut = pool.use((connection) => {
    queueMicrotask(() => pool.destroyAll())
    return connection.query('SELECT SLEEP(30)')
  })
  await expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  expect(await idOf()).not.toBe(busy)
  await pool.close()
  await expect(idOf()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
})

test('a waiter for a busy pool is refused after its limit, and served as soon as a connection is free', async () => {
  const pool = openPool(target(), { connectionLimit: 1, acquireLimitMs: 200 })
  let release: () => void = () => undefined
  const holding = pool.use(() => new Promise<void>((resolve) => (release = resolve)))

  await expect(pool.use(async () => 1)).rejects.toThrow('all 1 connections were busy for 200 ms')
  const served = pool.use(async () => 2)
  release()
  expect(await served).toBe(2)
  await holding
  await pool.close()
})

test('sessions are opened a few at a time, so that the first ones can work while the others wait', async () => {
  const admin = await server.connect()
  const opened = async () => {
    const [row] = await admin.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Connections'")
    return Number(row?.Value)
  }
  const pool = openPool(target(), { connectionLimit: 64 })
  const before = await opened()

  const answers = await Promise.all(Array.from({ length: 64 }, (_, index) => pool.use(async () => index)))

  expect(answers).toEqual(Array.from({ length: 64 }, (_, index) => index))
  // The first sessions to be ready served most of the others as well.
  expect((await opened()) - before).toBeLessThan(32)
  await pool.close()
  await admin.close()
})

test('whoever waits for the greeting of a frozen server is let go when the pool leaves it', async () => {
  const pool = openPool(target(), { connectionLimit: 1, connectTimeoutMs: 60_000, acquireLimitMs: 60_000 })
  server.kill('SIGSTOP')
  try {
    const ways = [() => pool.discardAll(), () => pool.destroyAll(), () => void pool.close()]
    for (const leave of ways) {
      const opening = pool.use(async () => 1)
      setImmediate(leave)
      await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    }
  } finally {
    server.kill('SIGCONT')
  }
})
