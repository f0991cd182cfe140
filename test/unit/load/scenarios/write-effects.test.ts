import { expect, test } from 'vitest'
import { readerCheck } from '../../../../src/load/scenarios/write-effects.js'

const seen = {
  master: 1200,
  replicas: [{ node: 'db-b', effects: 1200 }],
  missing: [],
  notReplicating: [],
}

test('a reader that shows what the master shows is named', () => {
  expect(readerCheck('update', seen)).toMatchObject({ valid: true, summary: 'db-b' })
})

test('one that never replicated is called so, and costs no figure', () => {
  expect(readerCheck('update', { ...seen, replicas: [], notReplicating: ['db-c'] })).toMatchObject({
    valid: true,
    summary: 'none; not replicating: db-c',
  })
})

test('one that replicated before the run and not after it leaves no figure', () => {
  expect(readerCheck('update', { ...seen, missing: ['db-c'] })).toMatchObject({
    valid: false,
    summary: 'db-c replicated before the run, and did not show its last row in time',
  })
})

test.each([1199, 1201])('one that shows %i of 1,200 inserts leaves no figure', (effects) => {
  const replicas = [...seen.replicas, { node: 'db-c', effects }]

  expect(readerCheck('insert', { ...seen, replicas, missing: ['db-d'] })).toMatchObject({
    valid: false,
    summary: `db-c shows ${effects.toLocaleString('en')} inserts, the master 1,200`,
  })
})
