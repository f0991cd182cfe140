import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { MysqlTarget, SqlConnection } from '../../src/clients/mysql/connection.js'
import { mysqlErrno } from '../../src/clients/mysql/outcome.js'
import { WireConnection } from '../../src/clients/mysql/wire/wire-connection.js'
import { wireSuite } from '../conformance/wire-suite.js'
import type { TestServer } from '../support/mariadb.js'
import { type Overheard, overhear } from '../support/overhear.js'
import { ask } from '../support/wire-ask.js'
import { startMysql } from './mysql-server.js'

wireSuite(startMysql)

const password = 'geheim/ü'

describe.each(['unix socket', 'TCP'] as const)('a login with caching_sha2_password by %s', (way) => {
  let server: TestServer
  let admin: SqlConnection
  let wire: Overheard
  let address: Pick<MysqlTarget, 'socketPath' | 'host' | 'port'>

  beforeAll(async () => {
    server = await startMysql()
    admin = await server.connect()
    await admin.query(`CREATE USER sha2@localhost IDENTIFIED WITH caching_sha2_password BY '${password}'`)
    await admin.query(`CREATE USER sha2@127.0.0.1 IDENTIFIED WITH caching_sha2_password BY '${password}'`)
    await admin.query("CREATE USER open@localhost IDENTIFIED BY '', open@127.0.0.1 IDENTIFIED BY ''")
    await admin.query(`CREATE USER other@localhost IDENTIFIED WITH sha256_password BY '${password}'`)
    await admin.query(`CREATE USER other@127.0.0.1 IDENTIFIED WITH sha256_password BY '${password}'`)
  })
  afterAll(async () => {
    await admin?.close()
    await server?.stop()
  })
  beforeEach(async () => {
    // The server forgets whose password was proved.
    await admin.query('FLUSH PRIVILEGES')
    const path = `${server.socketPath}.relay`
    wire =
      way === 'TCP'
        ? await overhear({ host: '127.0.0.1', port: 0 }, { host: '127.0.0.1', port: server.port })
        : await overhear({ path }, { path: server.socketPath })
    address = way === 'TCP' ? { host: '127.0.0.1', port: wire.port } : { socketPath: path }
  })
  afterEach(() => wire.close())

  /** Whom the server takes the session for. */
  async function logIn(user: string, secret = password): Promise<unknown> {
    const target = { ...address, user, password: secret }
    const connection = await WireConnection.open(target, { connectTimeoutMs: 10_000 })
    try {
      return (await ask(connection, await connection.prepare('SELECT CURRENT_USER()'), [])).row
    } finally {
      await connection.close()
    }
  }
  const failure = (...login: Parameters<typeof logIn>) =>
    logIn(...login).then(
      () => null,
      (error: unknown) => error,
    )
  const me = [expect.stringMatching(/^sha2@/)]

  test('the first one sends the whole password, hidden where others may listen, and the next only its proof', async () => {
    expect(await logIn('sha2')).toEqual(me)
    const first = wire.take()
    expect(await logIn('sha2')).toEqual(me)
    const second = wire.take()

    expect(first.server.includes('BEGIN PUBLIC KEY')).toBe(way === 'TCP')
    expect(first.client.includes(password)).toBe(way === 'unix socket')
    expect(second.server.includes('BEGIN PUBLIC KEY')).toBe(false)
    expect(second.client.includes(password)).toBe(false)
    expect(second.client.length).toBeLessThan(first.client.length)
  })

  test('a wrong password is refused with its number, also when the right one was proved before', async () => {
    for (const proved of [false, true]) {
      if (proved) await logIn('sha2')
      const error = await failure('sha2', 'another')

      expect(error).toMatchObject({
        code: 'DATABASE_REFUSED',
        message: expect.stringContaining('Access denied'),
      })
      expect(mysqlErrno(error)).toBe(1045)
      expect(String(error)).not.toContain('another')
    }
    expect(await logIn('sha2')).toEqual(me)
  })

  test('an account without a password needs none', async () => {
    expect(await logIn('open', '')).toEqual([expect.stringMatching(/^open@/)])
    expect(mysqlErrno(await failure('open', 'anything'))).toBe(1045)
  })

  test('an account of another kind is told which driver to try', async () => {
    expect(await failure('other')).toMatchObject({
      code: 'DATABASE_REFUSED',
      message: expect.stringContaining('cannot log in with sha256_password; the driver mysql2 may'),
    })
  })
})
