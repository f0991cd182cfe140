import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MysqlTarget } from '../../src/clients/mysql/connection.js'
import { WireConnection } from '../../src/clients/mysql/wire/wire-connection.js'
import { wireDriver } from '../../src/load/drivers/wire-driver.js'
import type { OperationOutcome } from '../../src/load/operation-outcome.js'
import { freePort } from '../support/free-port.js'
import type { TestServer } from '../support/mariadb.js'
import { ask } from '../support/wire-ask.js'

/** What the wire client reads, writes and makes of a loss, against a real server of either engine. */
export function wireSuite(start: () => Promise<TestServer>): void {
  let server: TestServer
  let targets: readonly MysqlTarget[]

  beforeAll(async () => {
    server = await start()
    const who = { user: 'tester', password: server.password, database: 'w' }
    targets = [
      { ...who, socketPath: server.socketPath },
      { ...who, host: '127.0.0.1', port: server.port },
    ]
    const admin = await server.connect()
    await admin.execute('CREATE DATABASE w')
    await admin.execute(
      'CREATE TABLE w.t (id BIGINT PRIMARY KEY, small SMALLINT, big BIGINT UNSIGNED, money DECIMAL(20,2), note LONGTEXT, n INT NOT NULL DEFAULT 0)',
    )
    await admin.execute(
      `INSERT INTO w.t VALUES (1, -5, 18446744073709551615, 12.30, 'こんにちは', 0), (-9007199254740991, NULL, 7, NULL, REPEAT('x', 300000), 0)`,
    )
    await admin.close()
  }, 60_000)

  afterAll(() => server?.stop())

  test.each([0, 1])('values of every kind come back as they are (target %i)', async (index) => {
    const connection = await WireConnection.open(targets[index]!, { connectTimeoutMs: 5000 })
    const byId = await connection.prepare('SELECT id, small, big, money, note FROM t WHERE id = ?')
    const byNote = await connection.prepare('SELECT id, ? FROM t WHERE note = ?')

    expect(await ask(connection, byId, [1])).toMatchObject({
      count: 1,
      row: [1, -5, '18446744073709551615', '12.30', 'こんにちは'],
    })
    // More bytes than one read takes.
    const long = await ask(connection, byId, [-9007199254740991])
    expect(long.row).toEqual([-9007199254740991, null, 7, null, 'x'.repeat(300_000)])
    const text = `é${'y'.repeat(400)}`
    expect((await ask(connection, byNote, [text, 'こんにちは'])).row).toEqual([1, text])
    // A parameter may change its type from one execution to the next.
    expect((await ask(connection, byNote, [77, 'こんにちは'])).row).toEqual([1, 77])
    expect(await ask(connection, byId, [2])).toMatchObject({ count: 0, row: null, errno: null })
    await connection.close()
  })

  test('a table that changes under a prepared statement is read by its new columns', async () => {
    const admin = await server.connect('w')
    await admin.execute('CREATE TABLE changing (id INT PRIMARY KEY, a INT)')
    await admin.execute('INSERT INTO changing VALUES (1, 10)')
    const connection = await WireConnection.open(targets[0]!, { connectTimeoutMs: 5000 })
    const all = await connection.prepare('SELECT * FROM changing WHERE id = ?')
    expect((await ask(connection, all, [1])).row).toEqual([1, 10])

    await admin.execute(
      `ALTER TABLE changing ADD COLUMN b VARCHAR(9) NOT NULL DEFAULT 'new', MODIFY a BIGINT`,
    )

    expect((await ask(connection, all, [1])).row).toEqual([1, 10, 'new'])
    expect((await ask(connection, all, [1])).row).toEqual([1, 10, 'new'])
    await connection.close()
    await admin.close()
  })

  test('an error packet is seen with its number, and the session goes on', async () => {
    const connection = await WireConnection.open(targets[0]!, { connectTimeoutMs: 5000 })
    const insert = await connection.prepare('INSERT INTO t (id) VALUES (?)')
    const late = await connection.prepare('SELECT id + (SELECT n FROM t) FROM t WHERE id <> ?')

    expect((await ask(connection, insert, [1])).errno).toBe(1062)
    expect((await ask(connection, late, [0])).errno).toBe(1242)
    expect(await ask(connection, insert, [55])).toMatchObject({ errno: null, count: 1 })
    await connection.close()
  })

  test('a refused login and a server that is not there are told apart', async () => {
    const [socket, tcp] = targets
    await expect(
      WireConnection.open({ ...socket!, password: 'wrong' }, { connectTimeoutMs: 5000 }),
    ).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })
    await expect(
      WireConnection.open({ ...tcp!, port: await freePort() }, { connectTimeoutMs: 5000 }),
    ).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    await expect(
      wireDriver.open(socket!, [{ sql: 'SELECT nothing FROM nowhere', kind: 'read' }]),
    ).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })
  })

  test('a write counts the row that it matched, also when it had the value already', async () => {
    const connection = await WireConnection.open(targets[0]!, { connectTimeoutMs: 5000 })
    const same = await connection.prepare('UPDATE t SET small = ? WHERE id = ?')

    expect(await ask(connection, same, [-5, 1])).toMatchObject({ errno: null, count: 1 })
    await connection.close()
  })

  const select = { sql: 'SELECT id, n FROM t WHERE id = ?', kind: 'read' } as const
  const update = { sql: 'UPDATE t SET n = n + 1 + SLEEP(?) WHERE id = ?', kind: 'write' } as const

  function outcome(
    session: Awaited<ReturnType<typeof wireDriver.open>>,
    statement: number,
    values: readonly number[],
  ) {
    return new Promise<OperationOutcome>((resolve) => session.execute(statement, values, resolve))
  }

  test('a row that is not the one asked for fails, and so do none and a write that changed nothing', async () => {
    const check = {
      oneIn: 2,
      verify: (_: number, [id]: readonly unknown[], [found]: readonly unknown[]) => id !== found,
    }
    const session = await wireDriver.open(targets[0]!, [select, update], check)

    const outcomes = [
      await outcome(session, 0, [1]),
      await outcome(session, 0, [1]),
      await outcome(session, 0, [1]),
    ]

    expect(outcomes.filter(({ kind }) => kind === 'failed')).toContainEqual({
      kind: 'failed',
      errorClass: 'WRONG_ROW',
    })
    expect(session.rowsVerified).toBeGreaterThan(0)
    expect(await outcome(session, 0, [999])).toEqual({ kind: 'failed', errorClass: 'NOT_ONE_ROW' })
    expect(await outcome(session, 1, [0, 999])).toEqual({ kind: 'failed', errorClass: 'NOT_ONE_ROW' })
    await session.close()
  })

  test('a lost connection: a read failed, a write is unknown, and the next operation goes on a new session', async () => {
    const session = await wireDriver.open(targets[0]!, [select, update])
    const admin = await server.connect()
    const sessionsOf = () =>
      admin.query<{ id: number; info: string | null }>(
        `SELECT id AS id, info AS info FROM information_schema.processlist WHERE user = 'tester' AND id <> CONNECTION_ID()`,
      )
    const kill = async (wanted: (info: string | null) => boolean) => {
      for (;;) {
        const found = (await sessionsOf()).find(({ info }) => wanted(info))
        if (found) return admin.execute(`KILL ${found.id}`)
      }
    }

    const cut = outcome(session, 1, [30, 1])
    await kill((info) => info?.startsWith('UPDATE t') === true)
    expect(await cut).toMatchObject({
      kind: 'unknown',
      errorClass: expect.stringContaining('WRITE_OUTCOME_UNKNOWN'),
    })
    expect(await outcome(session, 0, [1])).toEqual({ kind: 'ok' })

    server.kill('SIGSTOP')
    const reading = outcome(session, 0, [1])
    await server.crash()
    expect(await reading).toMatchObject({ kind: 'failed', errorClass: 'DATABASE_UNREACHABLE' })
    expect(await outcome(session, 0, [1])).toMatchObject({
      kind: 'failed',
      errorClass: 'DATABASE_UNREACHABLE',
    })
    await server.restart()
    expect(await outcome(session, 0, [1])).toEqual({ kind: 'ok' })
    await session.close()
  }, 60_000)
}
