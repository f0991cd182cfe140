import { expect, test } from 'vitest'
import { type ReaderKind, readersOf, replicasOf } from '../../../src/model/topology.js'
import { topologyOf } from '../../support/topologies.js'

const names = (nodes: readonly { readonly name: string }[]) => nodes.map((node) => node.name)
const reading = (reads: readonly ReaderKind[], more: Partial<Parameters<typeof topologyOf>[0]> = {}) =>
  readersOf({ ...topologyOf({ epoch: 1, ...more }), reads })

test('a topology that does not say who reads, as old files, leaves it to the shadow and the slaves', () => {
  expect(names(readersOf(topologyOf({ epoch: 1 })))).toEqual(['db-2', 'db-3', 'db-4'])
})

test('who reads follows the roles, in the order that was asked for', () => {
  expect(names(reading(['slaves', 'shadow']))).toEqual(['db-3', 'db-4', 'db-2'])
  expect(names(reading(['master', 'slaves'], { order: [3, 1, 2, 4] }))).toEqual(['db-3', 'db-2', 'db-4'])
  expect(names(reading(['shadow'], { down: [2] }))).toEqual([])
})

test('a master that is closed for a change of roles takes no reads, although it still serves', () => {
  expect(names(reading(['master', 'shadow'], { master: false }))).toEqual(['db-2'])
})

test('the replicas are all that serve, whoever takes the reads', () => {
  expect(names(replicasOf({ ...topologyOf({ epoch: 1, down: [3] }), reads: ['master'] }))).toEqual([
    'db-2',
    'db-4',
  ])
})
