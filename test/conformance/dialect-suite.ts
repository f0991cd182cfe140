import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Dialect } from '../../src/clients/dialects/dialect.js'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { mysqlErrno } from '../../src/clients/mysql/outcome.js'
import type { DatabaseChoice } from '../../src/components/mysql/installation.js'
import { type Bench, openBench } from '../support/real-components.js'
import { type RealNode, startRealNode } from '../support/real-node.js'

/** Every noun of a dialect, against two real servers with the settings that corelab gives them. */
export function dialectSuite(dialect: Dialect, choice: DatabaseChoice): void {
  describe(`the nouns of replication, spoken to ${choice.engine}`, () => {
    let bench: Bench
    let one: RealNode
    let two: RealNode

    beforeAll(async () => {
      bench = await openBench()
      one = await startRealNode(bench, { index: 0, choice })
      two = await startRealNode(bench, { index: 1, choice })
      await dialect.setReadOnly(one.control, false)
      await one.as('schema', createTable)
    })
    afterAll(async () => {
      await one?.close()
      await two?.close()
      await bench.dispose()
    })

    /** `one` takes writes, `two` follows and has everything. */
    beforeEach(async () => {
      await dialect.setSemiSyncSource(one.control, false)
      await dialect.setReadOnly(one.control, false)
      await dialect.setReadOnly(two.control, true)
      await dialect.replicateFrom(two.control, one.asSource)
      await catchUp(one, two)
    })

    const write = (node: RealNode) => node.as('workload', insertRow)
    const rowsOn = (node: RealNode) => node.as('workload', countRows)
    const status = async (node: RealNode) => dialect.replicaStatus(node.control)

    async function catchUp(source: RealNode, replica: RealNode): Promise<void> {
      const position = await dialect.position(source.control)
      await expect.poll(() => status(replica)).toMatchObject({ receiving: true, applying: true })
      expect(await dialect.waitForPosition(replica.control, position, 20_000)).toBe(true)
    }

    test('a replica names its source, receives, applies and has no error', async () => {
      expect(await status(two)).toMatchObject({
        sourceHost: '127.0.0.1',
        sourcePort: one.port,
        receiving: true,
        applying: true,
        lastError: null,
      })
      expect(await status(one)).toBeNull()
    })

    test('what is written on the source is on the replica once it has the position', async () => {
      const before = await dialect.position(two.control)
      await write(one)
      const position = await dialect.position(one.control)

      expect(await dialect.waitForPosition(two.control, position, 20_000)).toBe(true)

      expect(await rowsOn(two)).toBe(await rowsOn(one))
      expect(await dialect.position(two.control)).toBe(position)
      expect(await dialect.writtenPosition(two.control)).toBe(position)
      expect(dialect.transactionsBetween({ behind: before, ahead: position })).toBe(1)
    })

    test('a position that does not come is waited for until the time is up', async () => {
      await dialect.stopReceiving(two.control)
      await write(one)

      const position = await dialect.position(one.control)

      expect(await dialect.waitForPosition(two.control, position, 100)).toBe(false)
    })

    test('a replica that does not receive stays behind by what was written since, and catches up when started', async () => {
      await dialect.stopReceiving(two.control)
      expect(await status(two)).toMatchObject({ receiving: false, applying: true })
      for (let count = 0; count < 3; count++) await write(one)

      const [behind, ahead] = [await dialect.position(two.control), await dialect.position(one.control)]

      expect(dialect.transactionsBetween({ behind, ahead })).toBe(3)
      expect(dialect.transactionsBetween({ behind: ahead, ahead: behind })).toBe(0)
      const [last] = dialect.lastGtidsOf(ahead)
      expect(dialect.includes({ position: ahead, gtid: last! })).toBe(true)
      expect(dialect.includes({ position: behind, gtid: last! })).toBe(false)
      expect(dialect.unionOf([behind, ahead])).toBe(ahead)
      await dialect.startReplica(two.control)
      await catchUp(one, two)
    })

    test('a new binlog file changes nobody’s position, and replicas go on in it', async () => {
      const files = () => one.control.query<{ Log_name: string }>('SHOW BINARY LOGS')
      const before = { position: await dialect.position(one.control), files: await files() }

      await dialect.rotateBinlog(one.control)

      expect(await dialect.position(one.control)).toBe(before.position)
      expect((await files()).slice(before.files.length)).toHaveLength(1)
      await write(one)
      await catchUp(one, two)
      expect(await rowsOn(two)).toBe(await rowsOn(one))
    })

    test('what was received but cannot be applied yet counts as received only', async () => {
      await one.as('workload', (session) => session.query('INSERT INTO bench.t VALUES (1000, 0)'))
      await catchUp(one, two)
      const blocker = await two.session('workload')
      await blocker.query('LOCK TABLES bench.t READ')
      await one.as('workload', (session) => session.query('UPDATE bench.t SET v = 1 WHERE id = 1000'))
      const position = await dialect.position(one.control)

      await expect
        .poll(async () => {
          const received = (await status(two))?.receivedPosition ?? ''
          return dialect.transactionsBetween({ behind: received, ahead: position })
        })
        .toBe(0)

      const applied = await dialect.position(two.control)
      expect(dialect.transactionsBetween({ behind: applied, ahead: position })).toBe(1)
      // A new connection to the source does not wait for the one that is stuck.
      await dialect.restartReceiving(two.control)
      await blocker.close()
      await catchUp(one, two)
    })

    test('a source that refuses the login is an error, not silence', async () => {
      await dialect.replicateFrom(two.control, { ...one.asSource, password: 'wrong' })

      await expect.poll(async () => (await status(two))?.lastError).toMatch(/denied/i)

      expect(await status(two)).toMatchObject({ receiving: false })
    })

    test('a node that forgot its source replicates from nobody, and keeps its position', async () => {
      const position = await dialect.position(two.control)

      await dialect.forgetSource(two.control)

      expect(await status(two)).toBeNull()
      expect(await dialect.position(two.control)).toBe(position)
    })

    test('read-only refuses clients, and with MySQL also the privileged, until a replay is allowed', async () => {
      await dialect.forgetSource(two.control)
      const refusal = (node: RealNode, account: 'workload' | 'keeper') =>
        node
          .as(account, (session) => session.query(`CREATE TABLE ${tableOf[account]} (id INT)`))
          .then(
            () => null,
            (error: unknown) => mysqlErrno(error),
          )

      await dialect.setReadOnly(two.control, false)
      await dialect.setReadOnly(two.control, true)
      expect(await refusal(two, 'workload')).toBe(readOnly)
      if (dialect.engine === 'mysql') {
        expect(await refusal(two, 'keeper')).toBe(readOnly)
        await dialect.allowReplay(two.control, true)
        expect(await refusal(two, 'workload')).toBe(readOnly)
      }
      await two.control.query('SET sql_log_bin = 0')
      await two.control.query(`CREATE TABLE ${tableOf.keeper} (id INT)`)
      await two.control.query(`DROP TABLE ${tableOf.keeper}`)
      await two.control.query('SET sql_log_bin = 1')
      await dialect.allowReplay(two.control, false)
      if (dialect.engine === 'mysql') expect(await refusal(two, 'keeper')).toBe(readOnly)
    })

    test('roles can be changed and changed back: a former source follows the one that followed it', async () => {
      for (const [from, to] of [
        [one, two],
        [two, one],
      ] as const) {
        await catchUp(from, to)
        await dialect.setReadOnly(from.control, true)
        await dialect.forgetSource(to.control)
        await dialect.setReadOnly(to.control, false)
        await write(to)

        await dialect.adoptPosition(from.control, await dialect.writtenPosition(from.control))
        await dialect.replicateFrom(from.control, to.asSource)
        await catchUp(to, from)

        expect(await rowsOn(from)).toBe(await rowsOn(to))
        expect(await dialect.position(from.control)).toBe(await dialect.position(to.control))
        const histories = {
          replica: await dialect.history(from.control),
          source: await dialect.history(to.control),
        }
        expect(dialect.extraGtids(histories)).toEqual([])
      }
      await dialect.forgetSource(one.control)
    })

    test('a transaction that was replayed with its own GTID counts as had, and is not fetched again', async () => {
      await dialect.stopReceiving(two.control)
      const before = await dialect.position(one.control)
      await one.as('workload', (session) => session.query('INSERT INTO bench.t VALUES (2000, 0)'))
      const [gtid = ''] = dialect.lastGtidsOf(await dialect.position(one.control))
      await dialect.forgetSource(two.control)
      await dialect.allowReplay(two.control, true)
      await two.as('qlink', async (session) => {
        for (const sql of replayOf(dialect, gtid)) await session.query(sql)
      })
      await dialect.setReadOnly(two.control, true)

      const position = await dialect.position(two.control)

      expect(dialect.includes({ position, gtid })).toBe(true)
      expect(dialect.transactionsBetween({ behind: before, ahead: position })).toBe(1)
      await dialect.adoptPosition(two.control, position)
      await dialect.replicateFrom(two.control, one.asSource)
      await write(one)
      await catchUp(one, two)
      expect(await status(two)).toMatchObject({ lastError: null })
      expect(await rowsOn(two)).toBe(await rowsOn(one))
    })

    test('without anybody who acknowledges, a commit is not answered and not seen; then it is, and none went out alone', async () => {
      await dialect.stopReceiving(two.control)
      await dialect.setSemiSyncSource(one.control, true)
      const rows = await rowsOn(one)
      let answered = false
      const writing = write(one).then(() => {
        answered = true
      })
      await expect.poll(() => dialect.semiSyncSource(one.control)).toMatchObject({ waiting: 1 })

      expect(await rowsOn(one)).toBe(rows)
      expect(await dialect.semiSyncSource(one.control)).toEqual({
        enabled: true,
        clients: 0,
        waiting: 1,
        unacknowledged: 0,
      })
      expect(answered).toBe(false)

      await dialect.setSemiSyncReplica(two.control, true)
      expect(await dialect.acknowledges(two.control)).toBe(false)
      await dialect.startReplica(two.control)
      await writing
      expect(await dialect.acknowledges(two.control)).toBe(true)
      expect(await rowsOn(one)).toBe(rows + 1)
      expect(await dialect.semiSyncSource(one.control)).toEqual({
        enabled: true,
        clients: 1,
        waiting: 0,
        unacknowledged: 0,
      })

      await dialect.setSemiSyncReplica(two.control, false)
      await dialect.setSemiSyncSource(one.control, false)
      expect(await dialect.semiSyncSource(one.control)).toMatchObject({ enabled: false })
    })

    test('a node never takes writes without demanding acknowledgements, also when a statement comes late', async () => {
      await dialect.endAuthority(one.control)
      expect(await dialect.semiSyncSource(one.control)).toMatchObject({ enabled: false })
      await expect(write(one)).rejects.toThrow(/read-only/)

      await dialect.openWrites(one.control)
      expect(await dialect.semiSyncSource(one.control)).toMatchObject({ enabled: true })

      await dialect.setSemiSyncSource(one.control, false)
      await write(one)
    })

    test('when the one that acknowledges leaves, the next commit waits for it to come back', async () => {
      await dialect.setSemiSyncReplica(two.control, true)
      await dialect.restartReceiving(two.control)
      await dialect.setSemiSyncSource(one.control, true)
      await expect.poll(() => dialect.semiSyncSource(one.control)).toMatchObject({ clients: 1 })
      await write(one)

      await dialect.stopReceiving(two.control)
      const writing = write(one)
      await expect.poll(() => dialect.semiSyncSource(one.control)).toMatchObject({ waiting: 1, clients: 0 })
      await dialect.startReplica(two.control)
      await writing

      expect(await dialect.semiSyncSource(one.control)).toMatchObject({ enabled: true, unacknowledged: 0 })
      await dialect.setSemiSyncReplica(two.control, false)
    })

    test('transactions that changed rows are counted by account, with the age of the oldest', async () => {
      const none = { count: 0, oldestAgeMs: 0 }
      const open = () => dialect.openTransactions(one.control, { exceptUsers: ['corelab_keeper'] })
      expect(await open()).toEqual(none)
      const reader = await one.session('workload')
      await reader.query('START TRANSACTION')
      await reader.query('SELECT * FROM bench.t')
      const writer = await one.session('workload')
      await writer.query('START TRANSACTION')
      await insertRow(writer)

      await expect.poll(open).toMatchObject({ count: 1 })

      const { oldestAgeMs } = await open()
      expect(oldestAgeMs).toBeGreaterThanOrEqual(0)
      expect(oldestAgeMs).toBeLessThan(120_000)
      expect(await dialect.openTransactions(one.control, { users: ['corelab_loader'] })).toEqual(none)
      expect(await dialect.openTransactions(one.control, { users: ['corelab_workload'] })).toMatchObject({
        count: 1,
      })
      await writer.query('ROLLBACK')
      await expect.poll(open).toEqual(none)
      await Promise.all([reader.close(), writer.close()])
    })

    test('sessions of an account are ended, others and the asking one are not, and an open change is undone', async () => {
      const rows = await rowsOn(one)
      const victim = await one.session('workload')
      await victim.query('START TRANSACTION')
      await insertRow(victim)
      const other = await one.session('schema')

      expect(await dialect.endSessions(one.control, { users: ['corelab_workload'] })).toBe(1)

      await expect.poll(() => victim.usable).toBe(false)
      expect(await other.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
      expect(await rowsOn(one)).toBe(rows)
      await expect
        .poll(() => dialect.openTransactions(one.control, { exceptUsers: [] }))
        .toMatchObject({ count: 0 })
      // The replica's own session on its source is a client's, too: only who is meant is ended.
      const ended = await dialect.endSessions(one.control, {
        exceptUsers: ['corelab_keeper', 'corelab_repl'],
      })
      expect(ended).toBe(1)
      await expect.poll(() => other.usable).toBe(false)
      expect(await status(two)).toMatchObject({ receiving: true })
      // What receives and applies on a replica is none of its clients.
      expect(await dialect.endSessions(two.control, { exceptUsers: ['corelab_keeper'] })).toBe(0)
      await write(one)
      await catchUp(one, two)
    })

    test('the number of a server can be changed while it runs, and what it writes then is not its own any more', async () => {
      await dialect.setServerId(one.control, 77)
      await dialect.restartReceiving(two.control)
      await write(one)
      await catchUp(one, two)

      const [row] = await one.control.query<{ id: number }>('SELECT @@GLOBAL.server_id AS id')

      expect(Number(row?.id)).toBe(77)
      await dialect.setServerId(one.control, 1)
    })

    // The last one: its replica has a history of its own afterwards.
    test('a write on a replica is found as extra, also when the source wrote on; the source has nothing extra', async () => {
      await catchUp(one, two)
      await dialect.stopReceiving(two.control)
      await dialect.setReadOnly(two.control, false)
      await write(two)
      await write(one)
      await write(one)

      const [history, ofSource] = [await dialect.history(two.control), await dialect.history(one.control)]

      const extra = dialect.extraGtids({ replica: history, source: ofSource })
      expect(extra).toHaveLength(1)
      expect(dialect.includes({ position: await dialect.position(two.control), gtid: extra[0]! })).toBe(true)
    })
  })
}

const readOnly = 1290
const tableOf = { workload: 'bench.w', keeper: 'corelab.k' } as const

/** One row of the source, written by hand with the GTID that it has there. */
function replayOf(dialect: Dialect, gtid: string): readonly string[] {
  const [domain, server, sequence] = gtid.split('-')
  const asThere =
    dialect.engine === 'mysql'
      ? [`SET GTID_NEXT = '${gtid}'`]
      : [`SET gtid_domain_id = ${domain}`, `SET server_id = ${server}`, `SET gtid_seq_no = ${sequence}`]
  return [...asThere, 'START TRANSACTION', 'INSERT INTO bench.t VALUES (2000, 0)', 'COMMIT']
}

async function createTable(session: SqlConnection): Promise<void> {
  await session.query('CREATE DATABASE bench')
  await session.query('CREATE DATABASE corelab')
  await session.query('CREATE TABLE bench.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT NOT NULL)')
}

async function insertRow(session: SqlConnection): Promise<void> {
  await session.query('INSERT INTO bench.t (v) VALUES (0)')
}

async function countRows(session: SqlConnection): Promise<number> {
  const [row] = await session.query<{ n: number }>('SELECT COUNT(*) AS n FROM bench.t')
  return Number(row?.n)
}
