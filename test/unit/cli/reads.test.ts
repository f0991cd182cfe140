import { expect, test } from 'vitest'
import { parseReaders } from '../../../src/cli/readers-flag.js'
import { readsAnswer, readsLines } from '../../../src/cli/render/reads.js'
import type { NodeName } from '../../../src/model/node.js'
import { holdBoundsMs, type RouterMetrics } from '../../../src/model/router-metrics.js'
import { topologyOf } from '../../support/topologies.js'
import { plainScreen, widest } from './screens.js'

const topology = topologyOf({ epoch: 2, order: [2, 1, 3, 4] })
const metrics: RouterMetrics = {
  schema: 'corelab/router-metrics@1',
  epoch: 2,
  sent: [
    { node: 'db-1' as NodeName, role: 'master', kind: 'write', mode: 'master', count: 120_400 },
    { node: 'db-1' as NodeName, role: 'shadow', kind: 'read', mode: 'any', count: 12 },
    { node: 'db-2' as NodeName, role: 'master', kind: 'write', mode: 'master', count: 51 },
    { node: 'db-2' as NodeName, role: 'master', kind: 'read', mode: 'master', count: 7 },
    { node: 'db-3' as NodeName, role: 'slave-1', kind: 'read', mode: 'read-your-writes', count: 3 },
  ],
  heldNow: 0,
  holdMs: { boundsMs: holdBoundsMs, counts: [0, 0, 0, 0, 0, 64], sumMs: 12_000, maxMs: 212 },
  rejected: { 'no-master': 2 },
  retried: { elsewhere: 2, again: 41, moved: 1, behind: 1 },
  unknown: 1,
}

test('who reads, what each node was sent in each of its roles, and what had to wait', () => {
  const lines = readsLines({ env: 'default', topology, metrics }, plainScreen)

  expect(lines).toEqual([
    'Reads go to shadow, slaves   (epoch 2, master db-2)',
    '',
    'NODE  ROLE        READS   WRITES  ANY  BOUNDED  OWN  MASTER',
    'db-2  master      -           51    0        0    0       7',
    'db-1  shadow      yes          0   12        0    0       0',
    'db-3  slave-1     yes          0    0        0    3       0',
    'db-4  slave-2     yes          0    0        0    0       0',
    'db-1  was master  -      120,400    0        0    0       0',
    '',
    'Held        64, the longest for 212 ms; 0 at the moment',
    'Refused     2 no-master',
    'Sent again  3 elsewhere, 41 after a lost race, 1 for a replica behind',
    'Unknown     1 commits without an answer',
  ])
  expect(widest(lines)).toBeLessThanOrEqual(80)
})

test('without a master, and without a host that could tell, it says so', () => {
  const closed = { ...topologyOf({ epoch: 2, master: false }), reads: ['master', 'slaves'] as const }
  const lines = readsLines({ env: 'default', topology: closed, metrics: null }, plainScreen)

  expect(lines[0]).toBe('Reads go to master, slaves   (epoch 2, master none at the moment)')
  expect(lines.at(-1)).toBe('The subsystem host does not answer: where its work went is not known.')
})

test('a program gets the same', () => {
  expect(readsAnswer({ env: 'default', topology, metrics }).data).toEqual({
    epoch: 2,
    master: 'db-2',
    from: ['shadow', 'slaves'],
    readers: ['db-1', 'db-3', 'db-4'],
    metrics,
  })
})

test('a list of readers names each kind once', () => {
  expect(parseReaders('shadow, slaves')).toEqual(['shadow', 'slaves'])
  expect(() => parseReaders('shadow,slave')).toThrow('"slave" cannot read; did you mean slaves?')
  expect(() => parseReaders('')).toThrow('"" cannot read; possible are master, shadow, slaves')
  expect(() => parseReaders('slaves,slaves')).toThrow('names one of them twice')
})
