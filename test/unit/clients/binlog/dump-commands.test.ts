import { expect, test } from 'vitest'
import { fileNumber, isBefore } from '../../../../src/clients/binlog/binlog-file-name.js'
import {
  acknowledgementPacket,
  mariadbDumpPacket,
  mysqlDumpPacket,
  quitPacket,
  registerReplicaPacket,
} from '../../../../src/clients/binlog/dump-commands.js'
import { closeReasonOf } from '../../../../src/clients/binlog/dump-end.js'
import { dumpSessionStatements } from '../../../../src/clients/binlog/dump-session-statements.js'
import { uuidText } from '../../../support/binlog-events.js'

const hex = (bytes: Buffer) => bytes.toString('hex')

test('the registration carries the server id and nothing else', () => {
  expect(hex(registerReplicaPacket(900))).toBe(
    '12000000' + // 18 bytes, sequence number 0
      '15' +
      '84030000' + // server id
      '000000' + // host, user, password
      '0000' + // port
      '00000000' + // rank
      '00000000', // source id
  )
})

test('the MariaDB dump asks for annotations, from the start of a file without a name', () => {
  expect(hex(mariadbDumpPacket(900))).toBe(`${'0b000000'}${'12'}${'04000000'}${'0200'}${'84030000'}`)
})

test('the MySQL dump carries what is there already', () => {
  expect(hex(mysqlDumpPacket(900, `${uuidText}:1-5`))).toBe(
    '47000000' + // 71 bytes
      '1e' +
      '0400' + // a GTID set follows
      '84030000' +
      '00000000' + // no file name
      '0400000000000000' +
      '30000000' + // 48 bytes of set
      '01000000000000000123456789abcdef0123456789abcdef' +
      '010000000000000001000000000000000600000000000000',
  )
})

test('an acknowledgement is one packet with number 0, with all 64 bits of the position', () => {
  expect(hex(acknowledgementPacket('binlog.000002', 0x1_2345_6789))).toBe(
    `16000000${'ef'}${'8967452301000000'}${Buffer.from('binlog.000002').toString('hex')}`,
  )
})

test('the end of a session is a packet of one byte', () => {
  expect(hex(quitPacket)).toBe('0100000001')
})

test('a MariaDB session names position, checksums and heartbeat, and asks for semi-sync last', () => {
  const session = { engine: 'mariadb', uuid: '', from: '0-1-99', heartbeatMs: 100 } as const

  expect(dumpSessionStatements({ ...session, semiSync: true })).toEqual({
    beforeRegistration: [
      'SET @master_binlog_checksum = @@global.binlog_checksum',
      'SET @master_heartbeat_period = 100000000',
      'SET @mariadb_slave_capability = 4',
      "SET @slave_connect_state = '0-1-99'",
      'SET @slave_gtid_strict_mode = 1',
      'SET @slave_gtid_ignore_duplicates = 0',
    ],
    beforeDump: ['SET @rpl_semi_sync_slave = 1'],
  })
  expect(dumpSessionStatements({ ...session, semiSync: false }).beforeDump).toEqual([])
})

test('a MySQL session does the same in both spellings', () => {
  const session = { engine: 'mysql', uuid: uuidText, from: '', heartbeatMs: 100, semiSync: true } as const

  expect(dumpSessionStatements(session)).toEqual({
    beforeRegistration: [
      'SET @source_binlog_checksum = @@global.binlog_checksum, @master_binlog_checksum = @@global.binlog_checksum',
      'SET @master_heartbeat_period = 100000000, @source_heartbeat_period = 100000000',
      `SET @slave_uuid = '${uuidText}', @replica_uuid = '${uuidText}'`,
    ],
    beforeDump: ['SET @rpl_semi_sync_replica = 1, @rpl_semi_sync_slave = 1'],
  })
})

test('files are compared by their number, not by their text', () => {
  const at = (file: string, position: number) => ({ file, position })

  expect(fileNumber('binlog.000012')).toBe(12)
  expect(isBefore({ left: at('b.999999', 9), right: at('b.1000000', 4) })).toBe(true)
  expect(isBefore({ left: at('b.1000000', 4), right: at('b.999999', 9) })).toBe(false)
  expect(isBefore({ left: at('b.000001', 4), right: at('b.000001', 5) })).toBe(true)
  expect(isBefore({ left: at('b.000001', 4), right: at('b.000001', 4) })).toBe(false)
})

test.each([
  ['position-lost', 1236, 'Could not find GTID state requested by slave in any binlog files.'],
  [
    'position-lost',
    1236,
    'Error: connecting slave requested to start from GTID 0-1-9, which is not in the master’s binlog',
  ],
  ['position-lost', 1236, 'Cannot replicate because the source purged required binary logs.'],
  [
    'position-lost',
    1236,
    'Replica has more GTIDs than the source has. This may indicate that the last binary log file was truncated or lost',
  ],
  ['refused', 1236, 'binlog truncated in the middle of event; consider out of disk space on master'],
  ['refused', 1236, 'event read from binlog did not pass crc check'],
  ['refused', 1236, 'log event entry exceeded max_allowed_packet; Increase max_allowed_packet on master'],
  ['refused', 1227, 'Access denied'],
  [
    'replaced',
    1236,
    'A replica with the same server_uuid/server_id as this replica has connected to the source',
  ],
])('an error of the leader means %s: %s %s', (kind, errno, message) => {
  const reason = closeReasonOf({ kind: 'error', errno, message }, 'q@127.0.0.1:1')

  expect(reason.kind).toBe(kind)
  expect(reason.error.message).toContain('q@127.0.0.1:1')
  expect(reason.error.detail).toContain(message)
})
