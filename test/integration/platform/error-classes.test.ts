import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection, type SqlConnection } from '../../../src/clients/mysql/connection.js'
import { mysqlErrno } from '../../../src/clients/mysql/outcome.js'
import { retryClassOf } from '../../../src/platform/retry-class.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

/** What real servers say in each trouble, and what a router makes of it. */
let server: TestMariadb

beforeAll(async () => {
  server = await startMariadb()
  const admin = await server.connect()
  await admin.query('CREATE DATABASE t')
  await admin.query('CREATE TABLE t.n (id BIGINT PRIMARY KEY, v BIGINT NOT NULL DEFAULT 0) ENGINE=InnoDB')
  await admin.query("CREATE USER plain@'localhost' IDENTIFIED BY 'plain'")
  await admin.query("GRANT SELECT, INSERT, UPDATE ON t.* TO plain@'localhost'")
  // Says what a server of another make, or a proxy in between, would say.
  await admin.query(
    `CREATE PROCEDURE t.fail_with(IN errno INT) SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = errno, MESSAGE_TEXT = 'planted'`,
  )
  await admin.query("GRANT EXECUTE ON t.* TO plain@'localhost'")
  await admin.close()
})

afterAll(() => server?.stop())

/** An ordinary account, over the unix socket as the data source. */
const connect = (statementLimitMs?: number) =>
  openConnection(
    { socketPath: server.socketPath, user: 'plain', password: 'plain', database: 't' },
    { connectTimeoutMs: 5000, statementLimitMs },
  )

async function failureOf(work: Promise<unknown>): Promise<{ class: string; errno: number | null }> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).not.toBeNull()
  return { class: retryClassOf(error), errno: mysqlErrno(error) }
}

let ids = 0
async function inserted(connection: SqlConnection): Promise<number> {
  await connection.begin()
  const id = ++ids
  await connection.execute('INSERT INTO n (id) VALUES (?)', [id])
  return id
}

async function has(id: number): Promise<boolean> {
  const admin = await server.connect('t')
  const rows = await admin.query('SELECT id FROM n WHERE id = ?', [id])
  await admin.close()
  return rows.length === 1
}

test('a server that died before the commit was sent: elsewhere, and nothing of it is there', async () => {
  const connection = await connect()
  const id = await inserted(connection)

  await server.crash()

  expect((await failureOf(connection.query('SELECT 1'))).class).toBe('elsewhere')
  expect((await failureOf(connection.commit())).class).toBe('elsewhere')
  // Refused: its socket is there, and nobody behind it.
  expect(await failureOf(connect())).toEqual({ class: 'elsewhere', errno: null })
  await server.restart()
  expect(await has(id)).toBe(false)
})

test('a server that died after the commit was sent: unknown, whatever became of it', async () => {
  const connection = await connect()
  await inserted(connection)

  server.kill('SIGSTOP')
  const committing = failureOf(connection.commit())
  await server.crash()

  expect((await committing).class).toBe('unknown')
  await server.restart()
})

test('a server that is frozen in a commit: unknown; it is carried out when the server thaws', async () => {
  const connection = await connect(200)
  const id = await inserted(connection)

  server.kill('SIGSTOP')
  const failure = await failureOf(connection.commit())
  server.kill('SIGCONT')

  expect(failure.class).toBe('unknown')
  while (!(await has(id)));
})

test('a read-only server (1290): elsewhere, at a statement as at the commit', async () => {
  const admin = await server.connect()
  const [early, late] = [await connect(), await connect()]
  const id = await inserted(late)

  await admin.query('SET GLOBAL read_only = ON')

  expect(await failureOf(inserted(early))).toEqual({ class: 'elsewhere', errno: 1290 })
  expect(await failureOf(late.commit())).toEqual({ class: 'elsewhere', errno: 1290 })
  expect(await has(id)).toBe(false)
  await admin.query('SET GLOBAL read_only = OFF')
  await Promise.all([admin, early, late].map((each) => each.close()))
})

test('a deadlock (1213) and a lock wait (1205): again at once', async () => {
  const [one, two] = [await connect(), await connect()]
  const [a, b] = [await inserted(one), await inserted(two)]
  await Promise.all([one.commit(), two.commit()])
  const lock = (connection: SqlConnection, id: number) =>
    connection.query(`SELECT id FROM n WHERE id = ${id} FOR UPDATE`)

  await Promise.all([one.begin(), two.begin()])
  await Promise.all([lock(one, a), lock(two, b)])
  const crossing = await Promise.allSettled([lock(one, b), lock(two, a)])
  const lost = crossing.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  expect(lost.map((reason) => [retryClassOf(reason), mysqlErrno(reason)])).toEqual([['again', 1213]])
  await Promise.all([one.rollback(), two.rollback()])

  await Promise.all([one.begin(), two.begin()])
  await two.query('SET SESSION innodb_lock_wait_timeout = 1')
  await lock(one, a)
  expect(await failureOf(lock(two, a))).toEqual({ class: 'again', errno: 1205 })
  await Promise.all([one.rollback(), two.rollback()])
  await Promise.all([one.close(), two.close()])
})

test('a session that is ended by the server: elsewhere before the commit', async () => {
  const admin = await server.connect()
  const connection = await connect()
  const id = await inserted(connection)
  const sleeping = failureOf(connection.query('SELECT SLEEP(30)'))
  while (
    (await admin.query("SELECT 1 FROM information_schema.processlist WHERE state = 'User sleep'")).length ===
    0
  );

  await admin.query(`KILL CONNECTION ${connection.threadId}`)

  expect((await sleeping).class).toBe('elsewhere')
  expect(await has(id)).toBe(false)
  await admin.close()
})

test('no free connection (1040): elsewhere', async () => {
  const admin = await server.connect()
  await admin.query('SET GLOBAL max_connections = 10')
  const opened: SqlConnection[] = []
  const failure = await failureOf(
    (async () => {
      for (;;) opened.push(await connect())
    })(),
  )

  expect(failure).toEqual({ class: 'elsewhere', errno: 1040 })
  await Promise.all(opened.map((each) => each.close()))
  await admin.query('SET GLOBAL max_connections = 151')
  await admin.close()
})

test.each([
  [1053, 'elsewhere', 'shutting down'],
  [1836, 'elsewhere', 'read-only mode'],
  [2013, 'elsewhere', 'a proxy lost the server'],
  [3032, 'elsewhere', 'offline mode'],
  [3100, 'elsewhere', 'a replication plugin refuses'],
  [3101, 'again', 'a replication plugin rolls back'],
  [1062, 'final', 'a duplicate key'],
  [1644, 'final', "a procedure's own refusal"],
])('error %i inside a transaction: %s (%s)', async (errno, expected) => {
  const connection = await connect()
  await connection.begin()

  expect(await failureOf(connection.query(`CALL fail_with(${errno})`))).toEqual({ class: expected, errno })
  await connection.close()
})

test('a shutdown: the running transaction goes elsewhere, and so does who comes now', async () => {
  const connection = await connect()
  const id = await inserted(connection)
  const sleeping = failureOf(connection.query('SELECT SLEEP(30)'))

  server.kill('SIGTERM')

  expect((await sleeping).class).toBe('elsewhere')
  expect((await failureOf(connect())).class).toBe('elsewhere')
  await server.crash()
  await server.restart()
  expect(await has(id)).toBe(false)
})
