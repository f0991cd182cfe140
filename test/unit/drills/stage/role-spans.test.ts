import { expect, test } from 'vitest'
import { roleSpans } from '../../../../src/drills/stage/role-spans.js'

const before = { 'db-1': 'master', 'db-2': 'shadow' }
const after = { 'db-1': 'quarantined', 'db-2': 'master' }

test('a role lasts until the next one, the last until the end', () => {
  const spans = roleSpans({
    changes: [
      { atMs: 10, roles: before },
      { atMs: 60, roles: after },
    ],
    killed: null,
    endMs: 100,
  })

  expect(spans).toEqual([
    { node: 'db-1', role: 'master', fromMs: 10, toMs: 60 },
    { node: 'db-1', role: 'quarantined', fromMs: 60, toMs: 100 },
    { node: 'db-2', role: 'shadow', fromMs: 10, toMs: 60 },
    { node: 'db-2', role: 'master', fromMs: 60, toMs: 100 },
  ])
})

test('a publication that changes no role of a node does not cut its span', () => {
  const spans = roleSpans({
    changes: [
      { atMs: 0, roles: { 'db-2': 'shadow' } },
      { atMs: 50, roles: { 'db-2': 'shadow' } },
    ],
    killed: null,
    endMs: 100,
  })

  expect(spans).toEqual([{ node: 'db-2', role: 'shadow', fromMs: 0, toMs: 100 }])
})

test('a killed node is down until the keeper gives it another role', () => {
  const spans = roleSpans({
    changes: [
      { atMs: 0, roles: before },
      { atMs: 40.5, roles: before },
      { atMs: 60, roles: after },
    ],
    killed: { node: 'db-1', atMs: 40 },
    endMs: 100,
  })

  expect(spans.filter((span) => span.node === 'db-1')).toEqual([
    { node: 'db-1', role: 'master', fromMs: 0, toMs: 40 },
    { node: 'db-1', role: 'down', fromMs: 40, toMs: 60 },
    { node: 'db-1', role: 'quarantined', fromMs: 60, toMs: 100 },
  ])
})

test('without a failover the killed node stays down to the end', () => {
  const spans = roleSpans({
    changes: [{ atMs: 0, roles: before }],
    killed: { node: 'db-1', atMs: 40 },
    endMs: 100,
  })

  expect(spans.filter((span) => span.node === 'db-1').map((span) => span.role)).toEqual(['master', 'down'])
})
