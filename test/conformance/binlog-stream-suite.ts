import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type BinlogStream,
  type BinlogStreamOptions,
  openBinlogStream,
} from '../../src/clients/binlog/binlog-stream.js'
import { trackGtids } from '../../src/clients/binlog/gtid-tracker.js'
import { type ScannedTransaction, scanBinlog } from '../../src/clients/binlog/scan-binlog.js'
import type { Dialect } from '../../src/clients/dialects/dialect.js'
import type { DatabaseChoice } from '../../src/components/mysql/installation.js'
import { statePaths } from '../../src/sys/state-dir.js'
import { BinlogCollector } from '../support/binlog-collector.js'
import { type Bench, openBench } from '../support/real-components.js'
import { type RealNode, startRealNode } from '../support/real-node.js'
import { testSecrets } from '../support/secrets.js'
import { startTcpRelay, type TcpRelay } from '../support/tcp-relay.js'

/** What a binlog stream promises, against a real leader with the settings that corelab gives it. */
export function binlogStreamSuite(dialect: Dialect, choice: DatabaseChoice): void {
  describe(`a binlog stream from ${choice.engine}`, () => {
    let bench: Bench
    let leader: RealNode
    let relay: TcpRelay
    /** Where the leader stood before the test. */
    let from: string
    let opened: BinlogStream[] = []

    beforeAll(async () => {
      bench = await openBench()
      leader = await startRealNode(bench, { index: 0, choice })
      relay = await startTcpRelay(leader.port)
      await dialect.setReadOnly(leader.control, false)
      await leader.as('schema', async (session) => {
        await session.query('CREATE DATABASE bench')
        await session.query(
          'CREATE TABLE bench.t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v BIGINT) ENGINE=InnoDB',
        )
        await session.query(
          'CREATE TABLE bench.big (id INT PRIMARY KEY, n INT, a LONGBLOB, b LONGBLOB) ENGINE=InnoDB',
        )
      })
    })
    afterAll(async () => {
      await relay?.close()
      await leader?.close()
      await bench.dispose()
    })

    beforeEach(async () => {
      relay.change(() => undefined)
      relay.silenceAt(null)
      await dialect.setSemiSyncSource(leader.control, false)
      from = await dialect.position(leader.control)
    })
    afterEach(async () => {
      for (const stream of opened) stream.close()
      opened = []
    })

    const options = (more: Partial<BinlogStreamOptions> = {}): BinlogStreamOptions => ({
      target: {
        host: '127.0.0.1',
        port: leader.port,
        user: 'corelab_qlink',
        password: testSecrets.database.qlink,
      },
      engine: choice.engine,
      serverId: 900,
      uuid: '00000000-0000-4000-8000-000000000900',
      from,
      semiSync: false,
      heartbeatMs: 100,
      connectTimeoutMs: 20_000,
      ...more,
    })

    async function follow(more: Partial<BinlogStreamOptions> = {}, collector = new BinlogCollector()) {
      const stream = await openBinlogStream(options(more), collector)
      opened.push(stream)
      return { stream, collector }
    }

    const insert = () =>
      leader.as('workload', (session) => session.query('INSERT INTO bench.t (v) VALUES (1)'))
    const waiting = async () => (await dialect.semiSyncSource(leader.control)).waiting
    const clients = async () => (await dialect.semiSyncSource(leader.control)).clients

    /** Commits that hang until they are acknowledged; `done` counts those that came back. */
    function commitInBackground(count: number) {
      const state = { done: 0, all: Promise.resolve() as Promise<unknown> }
      const commits = Array.from({ length: count }, () => insert().then(() => state.done++))
      state.all = Promise.all(commits)
      state.all.catch(() => undefined)
      return state
    }

    test('brings each transaction once and in order, byte for byte as in the binlog of the leader', async () => {
      const { collector } = await follow()
      for (let count = 0; count < 5; count++) await insert()
      await leader.as('workload', (session) => session.query('CREATE TABLE bench.extra (a INT)'))
      await leader.as('workload', (session) => session.query('DROP TABLE bench.extra'))
      const position = await dialect.position(leader.control)

      await collector.until(({ ends }) => ends.length >= 7)

      expect(new Set(collector.gtids).size).toBe(7)
      const tracker = trackGtids(choice.engine, from)
      for (const gtid of collector.gtids) tracker.add(gtid)
      expect(tracker.text()).toBe(position)
      await expectStoredByLeader(collector)
    })

    test('what was stored is a binlog file that can be scanned', async () => {
      const { collector } = await follow()
      await insert()
      await collector.until(({ ends }) => ends.length >= 1)

      const found: ScannedTransaction[] = []
      const scan = await scanBinlog(chunksOf(collector.segment), (each) => found.push(each))

      expect(scan).toMatchObject({ damage: null, transactions: 1 })
      expect(found.map((each) => [each.gtid, each.kind])).toEqual([[collector.gtids[0], 'transaction']])
    })

    test('commits hang until they are acknowledged, and one acknowledgement releases them all', async () => {
      const { stream, collector } = await follow({ semiSync: true })
      await dialect.setSemiSyncSource(leader.control, true)
      // More would wait before they are written: MariaDB writes one group ahead of the one that waits.
      const commits = commitInBackground(2)

      await collector.until(({ ends }) => ends.length >= 2)
      await expect.poll(waiting).toBeGreaterThan(0)
      expect(commits.done).toBe(0)
      expect(collector.last?.ackRequested).toBe(true)
      stream.ack(collector.last!.file, collector.last!.position)
      await commits.all

      expect(await dialect.semiSyncSource(leader.control)).toMatchObject({ waiting: 0, unacknowledged: 0 })
    })

    test('an acknowledgement of a part releases that part only', async () => {
      const { stream, collector } = await follow({ semiSync: true })
      await dialect.setSemiSyncSource(leader.control, true)
      const first = commitInBackground(1)
      await collector.until(({ ends }) => ends.length >= 1)
      const second = commitInBackground(1)
      await collector.until(({ ends }) => ends.length >= 2)
      await expect.poll(waiting).toBeGreaterThan(0)

      stream.ack(collector.ends[0]!.file, collector.ends[0]!.position)
      await first.all

      await expect.poll(waiting).toBeGreaterThan(0)
      expect(second.done).toBe(0)
      stream.ack(collector.ends[1]!.file, collector.ends[1]!.position)
      await second.all
    })

    test('the same acknowledgement can be repeated, and an old one takes nothing back', async () => {
      const { stream, collector } = await follow({ semiSync: true })
      await dialect.setSemiSyncSource(leader.control, true)
      for (let count = 1; count <= 3; count++) {
        const commit = commitInBackground(1)
        await collector.until(({ ends }) => ends.length >= count)
        for (const end of [...collector.ends, ...collector.ends, ...collector.ends])
          stream.ack(end.file, end.position)
        await commit.all
      }

      expect(await dialect.semiSyncSource(leader.control)).toMatchObject({ clients: 1, unacknowledged: 0 })
    })

    test('connecting acknowledges nothing: what was not durable is sent again, and its commits go on hanging', async () => {
      const first = await follow({ semiSync: true })
      await dialect.setSemiSyncSource(leader.control, true)
      const commits = commitInBackground(2)
      await first.collector.until(({ ends }) => ends.length >= 2)
      await expect.poll(waiting).toBeGreaterThan(0)
      first.stream.close()
      await expect.poll(clients).toBe(0)

      const second = await follow({ semiSync: true })
      await second.collector.until(({ ends }) => ends.length >= 2)

      expect(second.collector.gtids).toEqual(first.collector.gtids)
      expect(await waiting()).toBeGreaterThan(0)
      expect(commits.done).toBe(0)
      second.stream.ack(second.collector.last!.file, second.collector.last!.position)
      await commits.all
    })

    test('a stream that was ended by the leader goes on where it was, without gap or repetition', async () => {
      const tracker = trackGtids(choice.engine, from)
      const gtids: string[] = []
      for (let round = 1; round <= 4; round++) {
        const { stream, collector } = await follow({ from: tracker.text() })
        const commits = commitInBackground(4)
        await collector.until(({ ends }) => ends.length >= 2)
        await leader.control.query(`KILL ${stream.threadId}`)
        await collector.until(({ closed }) => closed !== null)
        expect(collector.closed?.kind).toBe('lost')
        gtids.push(...collector.gtids)
        for (const gtid of collector.gtids) tracker.add(gtid)
        await commits.all
      }
      const { collector } = await follow({ from: tracker.text() })
      await collector.until(({ ends }) => gtids.length + ends.length >= 16)
      gtids.push(...collector.gtids)

      expect(new Set(gtids).size).toBe(16)
      const all = trackGtids(choice.engine, from)
      for (const gtid of gtids) all.add(gtid)
      expect(all.text()).toBe(await dialect.position(leader.control))
    })

    test('a new file in the middle of the stream is followed, and its transactions acknowledged', async () => {
      const { stream, collector } = await follow({ semiSync: true })
      await dialect.setSemiSyncSource(leader.control, true)
      for (let count = 1; count <= 3; count++) {
        const commit = commitInBackground(1)
        await collector.until(({ ends }) => ends.length >= count)
        stream.ack(collector.last!.file, collector.last!.position)
        await commit.all
        await leader.control.query('FLUSH BINARY LOGS')
      }

      expect(new Set(collector.ends.map((each) => each.file)).size).toBe(3)
      expect(collector.formats.length).toBeGreaterThanOrEqual(3)
      await expectStoredByLeader(collector)
    })

    test('a row of 48 MB passes in pieces through a bounded memory', async () => {
      await leader.as('workload', async (session) => {
        await session.query("INSERT INTO bench.big VALUES (1, 0, REPEAT('a', 12000000), NULL)")
        await session.query("UPDATE bench.big SET b = REPEAT('b', 12000000)")
      })
      from = await dialect.position(leader.control)
      let most = 0
      let pieces = 0
      const before = process.memoryUsage().arrayBuffers
      const collector = new BinlogCollector({ keepBytes: false })
      const stream = await openBinlogStream(options(), {
        onFormat: (format) => collector.onFormat(format),
        onHeard: () => undefined,
        onClose: (reason) => collector.onClose(reason),
        onBatch: (batch) => {
          pieces++
          most = Math.max(most, process.memoryUsage().arrayBuffers - before)
          collector.onBatch(batch)
        },
      })
      opened.push(stream)

      // Both images of the row are in the event.
      await leader.as('workload', (session) => session.query('UPDATE bench.big SET n = 1'))
      await insert()
      await collector.until(({ ends, closed }) => ends.length >= 2 || closed !== null)

      expect(collector.closed).toBeNull()
      expect(pieces).toBeGreaterThan(48)
      expect(most).toBeLessThan(8_000_000)
    })

    test('a stream that pauses gets nothing, the leader waits, and nothing is lost', async () => {
      const { stream, collector } = await follow()
      await insert()
      await collector.until(({ ends }) => ends.length >= 1)

      stream.pause()
      const heard = collector.heard
      await leader.as('workload', (session) => session.query('UPDATE bench.big SET n = n + 1'))
      await insert()
      expect(collector.ends.length).toBe(1)
      expect(collector.heard).toBeLessThanOrEqual(heard + 1)
      stream.resume()

      await collector.until(({ ends }) => ends.length >= 3)
    })

    test('an idle leader is heard all the same', async () => {
      const { collector } = await follow({ heartbeatMs: 50 })
      const heard = collector.heard

      await collector.until((each) => each.heard >= heard + 10)

      expect(collector.ends).toEqual([])
    })

    test('an event that was changed on the way ends the stream, and is not reported', async () => {
      const target = { ...options().target, port: relay.port }
      const { collector } = await follow({ target })
      await insert()
      await collector.until(({ ends }) => ends.length >= 1)
      relay.change((chunk) => {
        // Heartbeats are short.
        if (chunk.length > 150) chunk[chunk.length - 20]! ^= 1
      })
      await insert()

      await collector.until(({ closed }) => closed !== null)

      expect(collector.closed).toMatchObject({
        kind: 'damaged',
        error: { code: 'BINLOG_DAMAGED', message: expect.stringMatching(/binlog\.\d+ at \d+: /) },
      })
      expect(collector.ends.length).toBe(1)
    })

    test('a second reader with the same identity ends the first', async () => {
      const first = await follow()
      const second = await follow()

      await first.collector.until(({ closed }) => closed !== null)
      await insert()
      await second.collector.until(({ ends }) => ends.length >= 1)

      expect(first.collector.closed?.kind).toBe('replaced')
      expect(second.collector.closed).toBeNull()
    })

    test('a closed stream tells so once, and the leader forgets it', async () => {
      const { stream, collector } = await follow({ semiSync: true })
      await expect.poll(clients).toBe(1)

      stream.close()
      stream.close()
      stream.ack('binlog.000001', 4)

      expect(collector.closed).toMatchObject({ kind: 'closed' })
      await expect.poll(clients).toBe(0)
    })

    test('a position that was purged is lost, and nothing is skipped', async () => {
      await insert()
      await leader.control.query('FLUSH BINARY LOGS')
      await insert()
      await purgeToNewest()

      await expectLost(follow())
    })

    test('a position that the leader never had is lost', async () => {
      const ahead = trackGtids(choice.engine, from)
      const last = dialect.lastGtidsOf(from)[0]!
      ahead.add(last.replace(/\d+$/, (number) => String(Number(number) + 1000)))

      await expectLost(follow({ from: ahead.text() }))
    })

    test('an account without the right is refused', async () => {
      const target = {
        ...options().target,
        user: 'corelab_workload',
        password: testSecrets.database.workload,
      }

      await expect(follow({ target })).rejects.toMatchObject({
        code: 'BINLOG_REFUSED',
        message: /denied/i,
      })
    })

    test('a wrong password is refused, a closed port unreachable, an abort a cancellation', async () => {
      const wrong = { ...options().target, password: 'wrong' }
      const nowhere = { ...options().target, port: 1 }

      await expect(follow({ target: wrong })).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })
      await expect(follow({ target: nowhere })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
      await expect(follow({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
    })

    test('a leader that accepts and says nothing is given up after the limit', async () => {
      const silent = createServer(() => undefined)
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
      const { port } = silent.address() as { port: number }
      const target = { ...options().target, port }

      await expect(follow({ target, connectTimeoutMs: 300 })).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
      })
      silent.close()
    })

    test.each([
      ['at the first question', 'binlog_checksum AS'],
      ['at a setting', 'heartbeat_period'],
      ['at the registration', Buffer.from([0x15, 0x84, 0x03])],
    ])(
      'a leader that falls silent while the stream is opened, %s, is given up after the limit',
      async (_, words) => {
        relay.silenceAt(words)

        await expect(
          follow({ target: { ...options().target, port: relay.port }, connectTimeoutMs: 1000 }),
        ).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', message: /did not begin within 1000 ms/ })
      },
    )

    async function purgeToNewest(): Promise<void> {
      const logs = await leader.control.query<{ Log_name: string }>('SHOW BINARY LOGS')
      await leader.control.query(`PURGE BINARY LOGS TO '${logs.at(-1)!.Log_name}'`)
    }

    /** Servers say so before the first event or instead of it. */
    async function expectLost(following: ReturnType<typeof follow>): Promise<void> {
      const error = await following.then(
        async ({ collector }) => {
          await collector.until(({ closed }) => closed !== null)
          expect(collector.closed?.kind).toBe('position-lost')
          expect(collector.ends).toEqual([])
          return collector.closed?.error
        },
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code: 'BINLOG_POSITION_LOST' })
    }

    /** Each transaction stands in the leader's own files with the same bytes, at the position that was told. */
    async function expectStoredByLeader(collector: BinlogCollector): Promise<void> {
      const stored: ScannedTransaction[] = []
      const segment = collector.segment
      await scanBinlog(chunksOf(segment), (each) => stored.push(each))
      expect(stored.map((each) => each.gtid)).toEqual(collector.gtids)
      const data = statePaths(bench.stateDir).component('db-1').data
      for (const [index, { gtid, offset, length }] of stored.entries()) {
        const end = collector.ends[index]!
        const file = await readFile(`${data}/${end.file}`)
        const original = file.subarray(end.position - length, end.position)
        expect(segment.subarray(offset, offset + length).equals(original), gtid).toBe(true)
      }
    }
  })
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
