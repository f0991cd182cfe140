import { expect, test } from 'vitest'
import { refusalOf } from '../../../../src/cluster/rejoin/source-refusal.js'

const fatal = 'Got fatal error 1236 from master when reading data from binary log: '

test.each([
  [
    'diverged',
    "'Error: connecting slave requested to start from GTID 0-1-9, which is not in the master's binlog. Since ...",
  ],
  [
    'diverged',
    "'The binlog on the master is missing the GTID 0-12-7 requested by the slave (even though ...",
  ],
  [
    'diverged',
    "'Replica has more GTIDs than the source has, using the source's SERVER_UUID. This may indicate that ...",
  ],
  [
    'purged',
    "'Could not find GTID state requested by slave in any binlog files. Probably the slave state ...",
  ],
  [
    'purged',
    "'Cannot replicate because the source purged required binary logs. Replicate the missing transactions ...",
  ],
])('a source that refuses says that the histories are %s: %s', (refusal, text) => {
  expect(refusalOf(fatal + text)).toBe(refusal)
})

test('an error of the network is no refusal', () => {
  expect(
    refusalOf("error connecting to master 'corelab_repl@127.0.0.1:1': Can't connect to server"),
  ).toBeNull()
})
