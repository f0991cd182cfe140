import { expect, test } from 'vitest'
import { present } from '../../../../src/kit/assert.js'
import type { SettledNodes } from '../../../../src/load/bench/nodes-now.js'
import { checkReplicas } from '../../../../src/load/scenarios/check-replicas.js'

/** Only the names are looked at. */
function settled(names: readonly string[], missing: readonly string[] = []): SettledNodes {
  const [master, ...replicas] = names.map((node) => ({ node }) as SettledNodes['nodes'][0])
  return { nodes: [present(master, 'master'), ...replicas], missing }
}

test('replicas that have it all are named', () => {
  expect(checkReplicas(settled(['db-1', 'db-2', 'db-3']))).toEqual([
    expect.objectContaining({ valid: true, summary: 'db-2, db-3 applied all of it' }),
  ])
})

test('a replica that did not get there fails the run, also when it is the only one', () => {
  for (const nodes of [['db-1'], ['db-1', 'db-2']])
    expect(checkReplicas(settled(nodes, ['db-3']))).toEqual([
      expect.objectContaining({ valid: false, summary: 'db-3 did not apply all of it within a minute' }),
    ])
})

test('a server without replicas has nothing to check', () => {
  expect(checkReplicas(settled(['db-1']))).toEqual([])
})
