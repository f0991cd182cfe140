import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readQuery } from '../../../../src/clients/binlog/query-variables.js'
import { binlogStatements, RowsStatements } from '../../../../src/clients/binlog/rows-statements.js'
import { eventsOfSlice, readSliceFormat } from '../../../../src/clients/binlog/slice-events.js'
import { statementText } from '../../../../src/clients/binlog/statement-text.js'
import { xaEndOf, xaStartOf } from '../../../../src/clients/binlog/xa-events.js'
import {
  event,
  formatEvent,
  magicBytes,
  mariadbGtid,
  rows,
  withChecksum,
  xid,
} from '../../../support/binlog-events.js'

describe('BINLOG statements', () => {
  const small = { packetBytesMax: 4224, fragments: false }
  const map = (letter: string) => event({ type: 19, body: Buffer.alloc(40, letter) })

  /** Row events whose flags say whether their statement is over. */
  function rowsEvent(length: number, isLast: boolean): Buffer {
    const bytes = rows(length)
    bytes.writeUInt16LE(isLast ? 1 : 0, 19 + 6)
    return withChecksum(bytes)
  }

  const eventsIn = (sql: string): Buffer[] => {
    const bytes = Buffer.from(/'(.*)'/s.exec(sql)?.[1] ?? '', 'base64')
    const events: Buffer[] = []
    for (let offset = 0; offset < bytes.length; offset += events.at(-1)!.length)
      events.push(bytes.subarray(offset, offset + bytes.readUInt32LE(offset + 9)))
    return events
  }

  test('the row events of a statement stand together with their table maps, unchanged', () => {
    const statements = new RowsStatements(small)
    statements.addTableMap(map('a'))
    statements.addTableMap(map('b'))

    expect(statements.addRows(rowsEvent(100, false))).toEqual([])
    const [sql] = statements.addRows(rowsEvent(100, true))

    expect(eventsIn(sql!)).toEqual([map('a'), map('b'), rowsEvent(100, false), rowsEvent(100, true)])
  })

  test('a long statement is cut into several, each with the maps and each ended', () => {
    const statements = new RowsStatements(small)
    statements.addTableMap(map('a'))
    const made: string[] = []
    for (let index = 0; index < 9; index++) made.push(...statements.addRows(rowsEvent(800, index === 8)))

    expect(made.length).toBeGreaterThan(2)
    let count = 0
    for (const sql of made) {
      const events = eventsIn(sql)
      expect(sql.length).toBeLessThan(4224)
      expect(events[0]).toEqual(map('a'))
      expect(events.at(-1)).toEqual(rowsEvent(800, true))
      expect(events.slice(1, -1)).toEqual(events.slice(1, -1).map(() => rowsEvent(800, false)))
      count += events.length - 1
    }
    expect(count).toBe(9)
  })

  test('the next statement begins with maps of its own', () => {
    const statements = new RowsStatements(small)
    statements.addTableMap(map('a'))
    statements.addRows(rowsEvent(10, true))
    statements.addTableMap(map('b'))

    expect(eventsIn(statements.addRows(rowsEvent(10, true))[0]!)[0]).toEqual(map('b'))
  })

  test('what is gathered can be taken before its end, and nothing is left then', () => {
    const statements = new RowsStatements(small)
    statements.addTableMap(map('a'))
    statements.addRows(rowsEvent(10, false))

    expect(eventsIn(statements.take()[0]!)).toEqual([map('a'), rowsEvent(10, true)])
    expect(statements.take()).toEqual([])
  })

  test('with fragments, up to two packets are put together from user variables', () => {
    const fragments = { packetBytesMax: 4224, fragments: true }

    for (const length of [10, 3000, 3072, 3073, 6000, 6144]) {
      const bytes = Buffer.alloc(length, 'event')
      const made = binlogStatements(bytes, fragments)
      const texts = made.join('').matchAll(/'([^']*)'/g)
      expect(made.at(-1)).toBe('BINLOG @corelab_fragment_0, @corelab_fragment_1')
      expect(Math.max(...made.map((sql) => sql.length))).toBeLessThan(4224)
      expect(Buffer.from([...texts].map(([, text]) => text).join(''), 'base64')).toEqual(bytes)
    }
  })

  test('an event that fits nowhere is refused with the packet that it needs', () => {
    expect(() => binlogStatements(Buffer.alloc(3073), small)).toThrow(/3073 bytes.*at least 4226 bytes/)
    expect(() => binlogStatements(Buffer.alloc(6145), { ...small, fragments: true })).toThrow(/at least/)
    expect(binlogStatements(Buffer.alloc(3073), { ...small, packetBytesMax: 4230 })).toHaveLength(1)
  })
})

describe('logged statements', () => {
  function queryEvent(facts: {
    readonly variables: string
    readonly statement?: string
    readonly database?: string
    readonly flags?: number
    readonly error?: number
  }): Buffer {
    const variables = Buffer.from(facts.variables.replaceAll(' ', ''), 'hex')
    const database = facts.database ?? 'pay'
    const fixed = Buffer.alloc(13)
    fixed.writeUInt32LE(77, 0)
    fixed[8] = Buffer.byteLength(database)
    fixed.writeUInt16LE(facts.error ?? 0, 9)
    fixed.writeUInt16LE(variables.length, 11)
    const text = Buffer.from(`${database}\0${facts.statement ?? 'DROP TABLE t'}`)
    const body = Buffer.concat([fixed, variables, text])
    return event({ type: 2, body, atSeconds: 1700000000, flags: facts.flags ?? 0 })
  }
  const read = (bytes: Buffer, engine: 'mariadb' | 'mysql') => readQuery(bytes, 0, bytes.length - 4, engine)

  test('MariaDB: every variable of the session is set again', () => {
    const query = read(
      queryEvent({
        variables: [
          '00 0080004d', // options: no foreign keys, no unique checks..., no check constraints, history
          '01 0000205400000000', // sql_mode
          '03 0500 0300', // auto_increment
          '04 2d00 2e00 2d00', // character sets
          '05 06 2b30353a3030', // time zone
          '06 03 737464',
          '07 0400',
          '08 1c00',
          '09 0000000000000000',
          '0b 0174 09 3132372e302e302e31',
          '80 d24103',
          '81 0d03000000000000',
        ].join(''),
      }),
      'mariadb',
    )

    expect(query).toMatchObject({ database: 'pay', clientCollation: 45, expectedError: 0 })
    expect(query.statement.toString()).toBe('DROP TABLE t')
    expect(query.assignments).toEqual([
      'timestamp = 1700000000.213458',
      'sql_auto_is_null = 0',
      'foreign_key_checks = 0',
      'unique_checks = 0',
      'check_constraint_checks = 0',
      'explicit_defaults_for_timestamp = 1',
      'sql_if_exists = 0',
      'system_versioning_insert_history = 1',
      'sql_mode = 1411383296',
      'auto_increment_increment = 5',
      'auto_increment_offset = 3',
      'collation_connection = 46',
      'collation_server = 45',
      "time_zone = '+05:00'",
      'collation_database = 28',
      'lc_time_names = 4',
    ])
  })

  test('MySQL: its own variables are read, too', () => {
    const query = read(
      queryEvent({
        variables: [
          '00 00400000',
          '0c 02 7061790061637400', // databases: pay, act
          '0d 40e201',
          '10 01',
          '11 0000000000000000',
          '12 ff00',
          '13 01',
          '14 00',
        ].join(''),
        flags: 0x4,
        error: 1051,
      }),
      'mysql',
    )

    expect(query.expectedError).toBe(1051)
    expect(query.assignments).toEqual([
      'timestamp = 1700000000.123456',
      'sql_auto_is_null = 1',
      'foreign_key_checks = 1',
      'unique_checks = 1',
      'explicit_defaults_for_timestamp = 1',
      'default_collation_for_utf8mb4 = 255',
      'sql_require_primary_key = 1',
      'default_table_encryption = 0',
      'lc_time_names = 0',
      'pseudo_thread_id = 77',
    ])
  })

  test('a statement that needs no database names none, and from an unknown variable on the rest is left out', () => {
    expect(read(queryEvent({ variables: '', flags: 0x8 }), 'mysql').database).toBe('')
    expect(read(queryEvent({ variables: 'fe 01 02 03' }), 'mysql').assignments).toEqual([
      'timestamp = 1700000000',
      'lc_time_names = 0',
    ])
  })

  test('what is cut off is damage, and an ALTER in two phases is refused', () => {
    expect(() => read(queryEvent({ variables: '01 0000' }), 'mysql')).toThrow('cut off')
    expect(() => read(queryEvent({ variables: '05 20 31' }), 'mysql')).toThrow('cut off')
    expect(() => read(queryEvent({ variables: '82 0200' }), 'mariadb')).toThrow('two phases')
  })

  test('its text is read in the character set of its client', () => {
    expect(statementText(Buffer.from('银行 😀'), 'utf8mb4')).toBe('银行 😀')
    expect(statementText(Buffer.from('\ufeffSELECT 1'), 'utf8mb4')).toBe('\ufeffSELECT 1')
    expect(statementText(Buffer.from([0x63, 0xe9, 0x80]), 'latin1')).toBe('cé€')
    expect(statementText(Buffer.from([0xd2, 0xf8, 0xd0, 0xd0]), 'gbk')).toBe('银行')
    expect(() => statementText(Buffer.from([0xff, 0xfe]), 'utf8mb4')).toThrow('not valid utf8mb4')
    expect(() => statementText(Buffer.from('x'), 'klingon')).toThrow('klingon')
  })
})

describe('XA transactions', () => {
  /** Bytes of a real server (10.11.19): XA START 'x1'. */
  const prepared = event({
    type: 162,
    body: Buffer.from('670d030000000000000000004c010000000200783101ff', 'hex'),
  })
  const prepare = (onePhase: number) =>
    event({ type: 38, body: Buffer.from(`0${onePhase}0100000002000000030000007831616263`, 'hex') })

  test('begin as their GTID event says', () => {
    expect(xaStartOf(prepared)).toBe("XA START X'7831',X'',1")
    expect(xaStartOf(mariadbGtid('0-1-1'))).toBeNull()
  })

  test('begin behind a commit id as well', () => {
    const grouped = Buffer.from('670d030000000000000000004e0102030405060708070000000101615a', 'hex')
    expect(xaStartOf(event({ type: 162, body: grouped }))).toBe("XA START X'61',X'5a',7")
  })

  test('end prepared, or committed in one phase', () => {
    expect(xaEndOf(prepare(0))).toBe("XA PREPARE X'7831',X'616263',1")
    expect(xaEndOf(prepare(1))).toBe("XA COMMIT X'7831',X'616263',1 ONE PHASE")
  })
})

describe('a slice of a log', () => {
  const events = [mariadbGtid('0-1-1'), rows(10), rows(3_000_000), xid()]
  const head = Buffer.concat([magicBytes, formatEvent()])
  const log = Buffer.concat([head, ...events])
  let dir: string
  let path: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'corelab-slice-'))
    path = join(dir, 'log')
    await writeFile(path, log)
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  async function all(slice: { readonly offset: number; readonly end: number }, from = path) {
    const seen: { offset: number; bytes: Buffer }[] = []
    for await (const each of eventsOfSlice({ path: from, ...slice }))
      seen.push({ offset: each.offset, bytes: Buffer.from(each.bytes) })
    return seen
  }

  test('gives its events with their places, small ones and large ones', async () => {
    const seen = await all({ offset: head.length, end: log.length })

    expect(seen.map((each) => each.bytes.equals(events[seen.indexOf(each)]!))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(seen.map((each) => each.offset)).toEqual([
      head.length,
      head.length + events[0]!.length,
      head.length + events[0]!.length + events[1]!.length,
      log.length - events[3]!.length,
    ])
    expect((await readSliceFormat(path)).serverVersion).toBe('10.11.19-MariaDB-log')
  })

  test('that ends inside of an event, or is damaged, says so', async () => {
    await expect(all({ offset: head.length, end: log.length - 1 })).rejects.toThrow('ends behind')
    await expect(all({ offset: head.length, end: log.length + 1 })).rejects.toThrow('ends inside')
    await expect(all({ offset: head.length + 1, end: log.length })).rejects.toThrow()
    const broken = join(dir, 'broken')
    const flipped = Buffer.from(log)
    flipped[2_000_000]! ^= 1
    await writeFile(broken, flipped)
    await expect(all({ offset: head.length, end: log.length }, broken)).rejects.toThrow('checksum')
    await expect(readSliceFormat(join(dir, 'log'))).resolves.toBeDefined()
    await writeFile(broken, log.subarray(1))
    await expect(readSliceFormat(broken)).rejects.toThrow('does not begin')
    await writeFile(broken, log.subarray(0, 50))
    await expect(readSliceFormat(broken)).rejects.toThrow('ends inside')
  })
})
