import { expect, test } from 'vitest'
import { durabilityInWords } from '../../../../src/drills/tour/durability.js'

const strict = { binlog: 1, redo: 1, semiSync: 1, waitPoint: 'AFTER_SYNC' }

test('the strict settings are named as what they do', () => {
  expect(durabilityInWords(strict)).toBe(
    'fsync of binlog and redo log at every commit; semi-sync AFTER_SYNC: one more node has received it',
  )
})

test('a relaxed setting cannot hide', () => {
  expect(durabilityInWords({ ...strict, binlog: 0 })).toContain('relaxed: sync_binlog=0')
  expect(durabilityInWords({ ...strict, redo: 2 })).toContain('innodb_flush_log_at_trx_commit=2')
  expect(durabilityInWords({ ...strict, semiSync: 0 })).toContain('no second node')
})
