import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { replayTransactions } from '../../src/clients/binlog/replay.js'
import { scanBinlog } from '../../src/clients/binlog/scan-binlog.js'
import type { BinlogSlice } from '../../src/clients/binlog/slice-events.js'
import type { Dialect } from '../../src/clients/dialects/dialect.js'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import type { DatabaseChoice } from '../../src/components/mysql/installation.js'
import { statePaths } from '../../src/sys/state-dir.js'
import { type Bench, openBench } from '../support/real-components.js'
import { type RealNode, startRealNode } from '../support/real-node.js'

/** What a replay of raw transactions promises, on real nodes with the settings and the account that corelab gives. */
export function replaySuite(dialect: Dialect, choice: DatabaseChoice): void {
  const { engine } = choice

  describe(`a replay onto ${engine}`, () => {
    let bench: Bench
    let leader: RealNode
    let target: RealNode
    let dir: string

    beforeAll(async () => {
      bench = await openBench()
      dir = await mkdtemp(join(tmpdir(), 'corelab-replay-'))
      leader = await startRealNode(bench, { index: 0, choice })
      target = await startRealNode(bench, { index: 1, choice })
      await dialect.setReadOnly(leader.control, false)
      await leader.as('schema', (session) => session.query('CREATE DATABASE bench'))
      await leader.control.query('CREATE DATABASE corelab')
      await leader.control.query('CREATE TABLE corelab.t (id INT PRIMARY KEY, v VARCHAR(50)) ENGINE=InnoDB')
      await write('CREATE TABLE bench.t (id INT PRIMARY KEY, v VARCHAR(50)) ENGINE=InnoDB')
    })
    afterAll(async () => {
      await leader?.close()
      await target?.close()
      await bench?.dispose()
      await rm(dir, { recursive: true, force: true })
    })

    /** The target has what the leader had until now, and gets nothing of what comes. */
    beforeEach(async () => {
      await dialect.setReadOnly(target.control, true)
      await follow(target, leader)
      await write('DELETE FROM bench.t')
      await catchUp(target, leader)
      await cutOff()
    })

    /** A node that was written to by a replay becomes a replica again. */
    async function follow(node: RealNode, source: RealNode): Promise<void> {
      await dialect.forgetSource(node.control)
      await dialect.adoptPosition(node.control, await dialect.position(node.control))
      await dialect.replicateFrom(node.control, source.asSource)
      await catchUp(node, source)
    }

    async function catchUp(node: RealNode, source: RealNode): Promise<void> {
      const position = await dialect.position(source.control)
      expect(await dialect.waitForPosition(node.control, position, 30_000)).toBe(true)
    }

    async function cutOff(): Promise<void> {
      await dialect.stopReceiving(target.control)
      await dialect.forgetSource(target.control)
      await dialect.allowReplay(target.control, true)
    }

    /** Statements in one session of the leader. */
    async function write(...statements: readonly string[]): Promise<void> {
      await leader.as('workload', async (session) => {
        for (const each of statements) await session.query(each)
      })
    }

    /** Copies of the leader's binlogs; from the first of their transactions, or the first after `beyond`. */
    async function logOf(node: RealNode, beyond?: string): Promise<BinlogSlice[]> {
      const data = statePaths(bench.stateDir).component(node === leader ? 'db-1' : 'db-2').data
      const slices: BinlogSlice[] = []
      for (const name of (await readdir(data)).filter((each) => /^binlog\.\d+$/.test(each)).sort()) {
        const path = join(dir, name)
        await copyFile(join(data, name), path)
        let offset: number | null = null
        const scan = await scanBinlog(path, (transaction) => {
          const isWanted =
            beyond === undefined || !dialect.includes({ position: beyond, gtid: transaction.gtid })
          if (isWanted) offset ??= transaction.offset
        })
        if (offset !== null) slices.push({ path, offset, end: scan.end })
      }
      return slices
    }

    /** As qlink does it: with its account, in a session of its own. */
    function replay(slices: readonly BinlogSlice[], signal?: AbortSignal) {
      return target.as('qlink', (session) => replayTransactions(session, slices, { engine, signal }))
    }

    /** Definition and checksum of every table. */
    async function contents(node: RealNode): Promise<Record<string, unknown>> {
      return node.as('qlink', async (session) => {
        const tables = await session.query<{ name: string }>(
          "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'bench' AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1",
        )
        const seen: Record<string, unknown> = {}
        for (const { name } of tables) {
          const table = `bench.\`${name.replaceAll('`', '``')}\``
          const [made] = await session.query<Record<string, string>>(`SHOW CREATE TABLE ${table}`)
          const [sum] = await session.query<Record<string, string>>(`CHECKSUM TABLE ${table}`)
          // Rows do not carry the counter; it is above the highest number on every node. MySQL names a column's character set
          // when the statement did, also where it is that of the table.
          const definition = made?.['Create Table']?.replace(
            / AUTO_INCREMENT=\d+| CHARACTER SET utf8mb4/g,
            '',
          )
          seen[name] = [definition, sum?.Checksum]
        }
        return seen
      })
    }

    async function expectSameAsLeader(): Promise<void> {
      const ahead = await dialect.position(leader.control)
      expect(await dialect.writtenPosition(target.control)).toBe(
        await dialect.writtenPosition(leader.control),
      )
      expect(dialect.transactionsBetween({ behind: await dialect.position(target.control), ahead })).toBe(0)
      expect(await contents(target)).toEqual(await contents(leader))
    }

    const errorOf = (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error: unknown) => error,
      )

    test('a node that lacks the tail of a log is then equal to the leader, and still read-only', async () => {
      for (let id = 1; id <= 20; id++) await write(`INSERT INTO bench.t VALUES (${id}, 'row ${id}')`)
      await write(
        'BEGIN',
        'UPDATE bench.t SET v = NULL WHERE id < 5',
        'DELETE FROM bench.t WHERE id > 15',
        'COMMIT',
      )

      const result = await replay(await logOf(leader))

      expect(result.applied).toBe(21)
      expect(result.skipped).toBeGreaterThan(0)
      expect(result.position).toBe(await dialect.position(target.control))
      await expectSameAsLeader()
      const [state] = await target.control.query<{ ro: number }>('SELECT @@global.read_only AS ro')
      expect(Number(state?.ro)).toBe(1)
    })

    test('a tail that begins exactly at the position of the node is enough', async () => {
      const position = await dialect.position(target.control)
      await write("INSERT INTO bench.t VALUES (1, 'a')", "INSERT INTO bench.t VALUES (2, 'b')")

      const result = await replay(await logOf(leader, position))

      expect(result).toMatchObject({ applied: 2, skipped: 0 })
      await expectSameAsLeader()
    })

    test('the same replay again applies nothing', async () => {
      await write("INSERT INTO bench.t VALUES (1, 'a')")
      const log = await logOf(leader)
      await replay(log)

      expect(await replay(log)).toMatchObject({ applied: 0 })
      await expectSameAsLeader()
    })

    test('nothing to replay is no error', async () => {
      expect(await replay([])).toMatchObject({ applied: 0, skipped: 0 })
    })

    test('values of every type arrive as they were', async () => {
      await write(
        `CREATE TABLE bench.types (
          id INT PRIMARY KEY, a TINYINT UNSIGNED, b BIGINT, c DECIMAL(30,10), d DOUBLE, e FLOAT, f BIT(13),
          g DATE, h DATETIME(6), i TIMESTAMP(6) NULL, j TIME(3), k YEAR, l CHAR(10), m VARCHAR(300), n TEXT,
          o LONGTEXT, p BINARY(6), q VARBINARY(300), r LONGBLOB, s ENUM('x','y'), t SET('p','q','r'), u JSON,
          v GEOMETRY, w INT GENERATED ALWAYS AS (a + 1) VIRTUAL, x INT GENERATED ALWAYS AS (a + 2) STORED
        ) ENGINE=InnoDB CHARACTER SET utf8mb4`,
      )
      const columns = 'id,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v'
      await write(
        `INSERT INTO bench.types (${columns}) VALUES (1, 200, -9223372036854775808, '-12345678901234567890.0123456789', 1e300,
          1.5, b'1000000000001', '2026-02-28', '2026-02-28 23:59:59.999999', '2026-02-28 23:59:59.123456', '-12:34:56.789',
          2026, 'é', '银行 😀', REPEAT('汉', 500), REPEAT('x', 70000), 0x00FF00FF00FF, 0xDEADBEEF, REPEAT(CHAR(0), 100000),
          'y', 'p,r', '{"a": [1, null, "ü"]}', ST_GeomFromText('POINT(1 2)'))`,
        'INSERT INTO bench.types (id) VALUES (2)',
        `INSERT INTO bench.types (id, b, h, m, v) VALUES (3, 0, '1000-01-01 00:00:00', '', NULL)`,
        'UPDATE bench.types SET m = NULL, n = NULL, c = 0.1 WHERE id = 1',
        "UPDATE bench.types SET a = 7, u = '[]', f = 1 WHERE id = 2",
        'DELETE FROM bench.types WHERE id = 3',
      )

      await replay(await logOf(leader))

      await expectSameAsLeader()
    })

    test('changes of the schema are applied with the session they were made in', async () => {
      await write(
        'CREATE TABLE bench.parent (id INT PRIMARY KEY) ENGINE=InnoDB',
        "SET sql_mode = 'ANSI_QUOTES,NO_ZERO_DATE'",
        'CREATE TABLE bench."child" ("id" INT PRIMARY KEY, "p" INT, FOREIGN KEY ("p") REFERENCES bench.parent (id)) ENGINE=InnoDB',
        "SET sql_mode = ''",
        'SET foreign_key_checks = 0',
        'CREATE TABLE bench.orphan (id INT, p INT, FOREIGN KEY (p) REFERENCES bench.nowhere (id)) ENGINE=InnoDB',
        'SET foreign_key_checks = 1, auto_increment_increment = 5, auto_increment_offset = 3',
        "SET time_zone = '+05:00', timestamp = 1700000000.123456",
        "CREATE TABLE bench.later (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) DEFAULT '2026-01-01', note VARCHAR(20) DEFAULT '银行 é') ENGINE=InnoDB",
        'ALTER TABLE bench.later ADD COLUMN made DATETIME(6) NOT NULL DEFAULT NOW(6)',
        'INSERT INTO bench.later (note) VALUES (DEFAULT)',
        'SET timestamp = 1700000001.5, time_zone = DEFAULT',
        'ALTER TABLE bench.later ADD COLUMN again DATETIME(6) NOT NULL DEFAULT NOW(6), ADD INDEX (note)',
        'USE bench',
        'CREATE TABLE `strange ``name` (a INT PRIMARY KEY) ENGINE=InnoDB',
        'DROP TABLE orphan',
        'TRUNCATE TABLE t',
        'DROP TABLE IF EXISTS never',
      )
      await leader.as('schema', async (session) => {
        await session.query('CREATE DATABASE pay')
        await session.query('DROP DATABASE pay')
      })

      await replay(await logOf(leader))

      await expectSameAsLeader()
    })

    test('a statement in another character set keeps its letters', async () => {
      await leader.as('workload', async (session) => {
        await session.query('SET character_set_client = latin1, collation_connection = latin1_swedish_ci')
        // Sent as UTF-8, but read as latin1: the server stores what it understood.
        await session.query("CREATE TABLE bench.latin (a VARCHAR(20) DEFAULT 'é' COMMENT 'ü') ENGINE=InnoDB")
        await session.query('SET character_set_client = gbk, collation_connection = gbk_chinese_ci')
        await session.query("CREATE TABLE bench.chinese (a VARCHAR(20) DEFAULT '银行') ENGINE=InnoDB")
      })

      await replay(await logOf(leader))

      await expectSameAsLeader()
    })

    test('a table that is made together with its rows is made so, as one transaction', async () => {
      await write(
        'CREATE TABLE bench.first (id INT PRIMARY KEY, v VARCHAR(50), n INT NOT NULL DEFAULT 7, INDEX (v)) ENGINE=InnoDB AS SELECT 1 AS id, 2 AS n',
        'CREATE TABLE bench.empty AS SELECT id, v FROM bench.t',
        'USE bench',
        'CREATE TABLE `odd ``name` (k INT AUTO_INCREMENT PRIMARY KEY, b BLOB) ENGINE=InnoDB AS SELECT seq.b, 0 AS k FROM (SELECT 1 AS b UNION SELECT NULL) AS seq',
        ...(engine === 'mariadb' ? ['CREATE OR REPLACE TABLE first AS SELECT * FROM bench.t'] : []),
        'DROP TABLE bench.empty',
        "INSERT INTO bench.t VALUES (1, 'behind it')",
      )
      const log = await logOf(leader, await dialect.position(target.control))

      const { applied } = await replay(log)

      expect(applied).toBe(engine === 'mariadb' ? 6 : 5)
      await expectSameAsLeader()
      expect(await replay(log)).toMatchObject({ applied: 0 })
    })

    test('a replay that is cut off while it makes a table with its rows can be repeated', async () => {
      await write('CREATE TABLE bench.cut (id INT PRIMARY KEY) ENGINE=InnoDB AS SELECT 1 AS id')
      const log = await logOf(leader, await dialect.position(target.control))
      const position = await dialect.position(leader.control)

      for (let statements = 3; (await dialect.position(target.control)) !== position; statements++) {
        await target.as('qlink', (session) =>
          replayTransactions(cutAfter(session, statements), log, { engine }).catch(() => null),
        )
        await target.as('qlink', (session) => replayTransactions(session, [], { engine }))
      }
      await replay(log)

      await write('DROP TABLE bench.cut')
      await replay(await logOf(leader))
      await expectSameAsLeader()
    })

    test('a view keeps its definer, who may be somebody else or nobody', async () => {
      await write('CREATE VIEW bench.seen AS SELECT id FROM bench.t')
      await leader.control.query('FLUSH TABLES')

      await replay(await logOf(leader))

      const definer = (node: RealNode) =>
        node.as('qlink', (session) =>
          session.query(
            "SELECT DEFINER, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_NAME = 'seen'",
          ),
        )
      expect(await definer(target)).toEqual(await definer(leader))
      await write('DROP VIEW bench.seen')
      await replay(await logOf(leader))
      await expectSameAsLeader()
    })

    test('savepoints keep their effect', async () => {
      await write(
        'BEGIN',
        "INSERT INTO bench.t VALUES (1, 'a')",
        'SAVEPOINT `first one`',
        "INSERT INTO bench.t VALUES (2, 'b')",
        'ROLLBACK TO `first one`',
        "INSERT INTO bench.t VALUES (3, 'c')",
        'SAVEPOINT two',
        "UPDATE bench.t SET v = 'd' WHERE id = 3",
        'COMMIT',
      )

      expect(await replay(await logOf(leader))).toMatchObject({ applied: 1 })

      await expectSameAsLeader()
    })

    test('transactions of tens of megabytes are applied in bounded pieces', async () => {
      await write(
        'CREATE TABLE bench.many (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(1000), b INT) ENGINE=InnoDB',
        'BEGIN',
        "INSERT INTO bench.many (a, b) VALUES (REPEAT('a', 1000), 0)",
        ...Array.from(
          { length: 14 },
          () => "INSERT INTO bench.many (a, b) SELECT REPEAT('b', 1000), id FROM bench.many",
        ),
        'COMMIT',
        'UPDATE bench.many SET b = b + 1',
      )

      const log = await logOf(leader)
      expect(await replay(log)).toMatchObject({ applied: 3 })

      expect(log.reduce((bytes, { offset, end }) => bytes + end - offset, 0)).toBeGreaterThan(45_000_000)
      await expectSameAsLeader()
    })

    test('one row of megabytes fits as long as the server takes it', async () => {
      const bytes = 20_000_000
      await write(
        'CREATE TABLE bench.large (id INT PRIMARY KEY, a LONGBLOB) ENGINE=InnoDB',
        `INSERT INTO bench.large VALUES (1, REPEAT('x', ${bytes}))`,
        `UPDATE bench.large SET a = REPEAT('y', ${bytes})`,
        'DELETE FROM bench.large',
        "INSERT INTO bench.t VALUES (1, 'behind it')",
      )

      expect(await replay(await logOf(leader))).toMatchObject({ applied: 5 })

      await expectSameAsLeader()
    })

    test('a row that the server cannot take is refused with what would help, and nothing of it is applied', async () => {
      await write(
        'CREATE TABLE bench.huge (id INT PRIMARY KEY, a LONGBLOB) ENGINE=InnoDB',
        "INSERT INTO bench.huge VALUES (1, REPEAT('x', 500000))",
      )
      await replay(await logOf(leader))
      const before = await dialect.position(target.control)
      await write("UPDATE bench.huge SET a = REPEAT('y', 2000000)")
      const log = await logOf(leader)

      const limited = target.as('qlink', (session) =>
        replayTransactions(takingPackets(session, 1_000_000), log, { engine }),
      )
      expect(await errorOf(limited)).toMatchObject({
        code: 'BINLOG_REPLAY_FAILED',
        message: expect.stringMatching(/binlog\.\d+ at \d+.*max_allowed_packet of at least \d+/),
      })
      expect(await dialect.position(target.control)).toBe(before)
      await write('DROP TABLE bench.huge')
      await replay(await logOf(leader))
      await expectSameAsLeader()
    })

    test('prepared transactions stay prepared until they are decided', async () => {
      await write(
        "XA START 'x1', 'branch', 7",
        "INSERT INTO bench.t VALUES (1, 'xa')",
        "XA END 'x1', 'branch', 7",
        "XA PREPARE 'x1', 'branch', 7",
      )
      await write("INSERT INTO bench.t VALUES (2, 'between')")
      await replay(await logOf(leader))
      const [prepared] = await target.as('qlink', (session) =>
        session.query('XA RECOVER').catch(() => [null]),
      )
      await write("XA COMMIT 'x1', 'branch', 7")
      await write(
        "XA START 'x2'",
        "INSERT INTO bench.t VALUES (3, 'one')",
        "XA END 'x2'",
        "XA COMMIT 'x2' ONE PHASE",
      )
      await write("XA START 'x3'", "INSERT INTO bench.t VALUES (4, 'no')", "XA END 'x3'", "XA PREPARE 'x3'")
      await write("XA ROLLBACK 'x3'")

      await replay(await logOf(leader))

      if (prepared) expect(prepared).toMatchObject({ formatID: 7, gtrid_length: 2, bqual_length: 6 })
      await expectSameAsLeader()
    })

    test('a replay that is cut off anywhere leaves a prefix, and goes on from there', async () => {
      for (let id = 1; id <= 6; id++)
        await write(
          'BEGIN',
          `INSERT INTO bench.t VALUES (${id}, 'a')`,
          `UPDATE bench.t SET v = 'b' WHERE id = ${id}`,
          'COMMIT',
        )
      const log = await logOf(leader, await dialect.position(target.control))
      const ahead = await dialect.position(leader.control)

      let statements = 3
      for (let position = ''; position !== ahead; statements += 2) {
        await target.as('qlink', async (session) => {
          const cut = cutAfter(session, statements)
          await replayTransactions(cut, log, { engine }).catch((error: unknown) =>
            expect(error).toMatchObject({ code: expect.stringMatching(/UNREACHABLE|UNKNOWN/) }),
          )
        })
        // A commit that was cut off may still be going on.
        await target.as('qlink', (session) => replayTransactions(session, [], { engine }))
        position = await dialect.position(target.control)
        const rows = await target.as('qlink', (session) => session.query('SELECT id, v FROM bench.t'))
        const done = 6 - dialect.transactionsBetween({ behind: position, ahead })
        expect(rows).toEqual(Array.from({ length: done }, (_, index) => ({ id: index + 1, v: 'b' })))
      }

      expect(statements).toBeGreaterThan(9)
      await expectSameAsLeader()
    })

    test('a cancelled replay leaves a prefix', async () => {
      await write("INSERT INTO bench.t VALUES (1, 'a')")

      expect(await errorOf(replay(await logOf(leader), AbortSignal.abort()))).toMatchObject({
        code: 'CANCELLED',
      })

      expect(await replay(await logOf(leader))).toMatchObject({ applied: 1 })
    })

    test('a transaction that cannot be applied is named, and what was before it stays', async () => {
      await leader.control.query("INSERT INTO corelab.t VALUES (1, 'a')")
      await leader.control.query("INSERT INTO corelab.t VALUES (2, 'b')")
      const log = await logOf(leader, await dialect.position(target.control))
      const wanted = dialect.lastGtidsOf(await dialect.position(leader.control))[0]!
      await withoutBinlog(target, "INSERT INTO corelab.t VALUES (2, 'in the way')")

      const error = await errorOf(replay(log))

      expect(error).toMatchObject({
        code: 'BINLOG_REPLAY_FAILED',
        message: expect.stringContaining(`transaction ${wanted} (${log[0]!.path} at `),
      })
      expect(await target.control.query('SELECT id, v FROM corelab.t ORDER BY id')).toEqual([
        { id: 1, v: 'a' },
        { id: 2, v: 'in the way' },
      ])
      await withoutBinlog(target, 'DELETE FROM corelab.t WHERE id = 2')
      expect(await replay(log)).toMatchObject({ applied: 1, skipped: 1 })
      await expectSameAsLeader()
    })

    test('a damaged log is not applied from the damaged event on', async () => {
      await write("INSERT INTO bench.t VALUES (1, 'a')", "INSERT INTO bench.t VALUES (2, 'b')")
      const position = await dialect.position(target.control)
      const [slice] = (await logOf(leader, position)).slice(-1)
      const bytes = await readFile(slice!.path)
      bytes[slice!.end - 40]! ^= 1
      const path = join(dir, 'damaged')
      await writeFile(path, bytes)

      expect(await errorOf(replay([{ ...slice!, path }]))).toMatchObject({
        code: 'BINLOG_DAMAGED',
        message: expect.stringContaining(path),
      })

      expect(await target.as('qlink', (session) => session.query('SELECT id FROM bench.t'))).toEqual([
        { id: 1 },
      ])
      await replay(await logOf(leader))
      await expectSameAsLeader()
    })

    test('afterwards the node is a master that others follow, and later a replica again', async () => {
      const third = await startRealNode(bench, { index: 2, choice })
      await dialect.replicateFrom(third.control, target.asSource)
      await write("INSERT INTO bench.t VALUES (1, 'replayed')")
      await replay(await logOf(leader))

      await dialect.setReadOnly(target.control, false)
      await target.as('workload', (session) =>
        session.query("INSERT INTO bench.t VALUES (2, 'by the new master')"),
      )
      await catchUp(third, target)
      const rows = (node: RealNode) =>
        node.as('workload', (session) => session.query('SELECT id, v FROM bench.t ORDER BY id'))
      expect(await rows(third)).toEqual([
        { id: 1, v: 'replayed' },
        { id: 2, v: 'by the new master' },
      ])

      await dialect.setReadOnly(target.control, true)
      await dialect.forgetSource(third.control)
      await dialect.setReadOnly(third.control, false)
      await follow(target, third)
      await third.as('workload', (session) => session.query("INSERT INTO bench.t VALUES (3, 'by the third')"))
      await catchUp(target, third)
      expect(await rows(target)).toEqual(await rows(third))
      await third.close()
      // The first leader follows the new history, too, and leads again.
      await dialect.setReadOnly(leader.control, true)
      await follow(leader, third.control.usable ? third : target)
      await dialect.forgetSource(leader.control)
      await dialect.setReadOnly(leader.control, false)
    })

    test('a replay waits until the session of another one has ended', async () => {
      await write("INSERT INTO bench.t VALUES (1, 'a')")
      const log = await logOf(leader)
      const other = await target.session('qlink')
      await other.query("SELECT GET_LOCK('corelab_replay', 0)")

      const waiting = replay(log)
      const locked = "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE = 'User lock'"
      await expect.poll(() => target.control.query(locked)).toHaveLength(1)
      other.destroy()

      expect(await waiting).toMatchObject({ applied: 1 })
    })

    test('numbers that the leader left out stay left out', async () => {
      const before = await dialect.position(leader.control)
      const next = dialect.lastGtidsOf(before)[0]!.replace(/\d+$/, (number) => `${Number(number) + 100}`)
      await leader.as('qlink', async (session) => {
        const number = next.split('-').at(-1)
        await session.query(
          engine === 'mariadb' ? `SET gtid_seq_no = ${number}` : `SET gtid_next = '${next}'`,
        )
        await session.query("INSERT INTO bench.t VALUES (1, 'a')")
      })

      await replay(await logOf(leader))

      const position = await dialect.position(target.control)
      expect(dialect.lastGtidsOf(position)[0]?.split(/[-:]/).at(-1)).toBe(next.split(/[-:]/).at(-1))
      await expectSameAsLeader()
    })

    /** What nobody should do to a replica. */
    async function withoutBinlog(node: RealNode, sql: string): Promise<void> {
      await node.control.query('SET sql_log_bin = 0')
      await node.control.query(sql)
      await node.control.query('SET sql_log_bin = 1')
    }
  })
}

/** A session with a server of a smaller max_allowed_packet. */
function takingPackets(session: SqlConnection, bytes: number): SqlConnection {
  const query = session.query.bind(session)
  return new Proxy(session, {
    get(_, name) {
      if (name !== 'query') return Reflect.get(session, name).bind?.(session) ?? Reflect.get(session, name)
      return async (sql: string) => (/max_allowed_packet/.test(sql) ? [{ bytes }] : query(sql))
    },
  })
}

/** A session that is dropped instead of taking its n-th statement. */
function cutAfter(session: SqlConnection, statements: number): SqlConnection {
  let left = statements
  const query = session.query.bind(session)
  return new Proxy(session, {
    get(_, name) {
      if (name !== 'query') return Reflect.get(session, name).bind?.(session) ?? Reflect.get(session, name)
      return (sql: string) => {
        if (left-- === 0) session.destroy()
        return query(sql)
      }
    },
  })
}
