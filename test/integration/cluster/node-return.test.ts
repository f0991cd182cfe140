import { afterEach, expect, test } from 'vitest'
import { NodeReturn } from '../../../src/cluster/keeper/node-return.js'
import { type NodeName, nodeNames } from '../../../src/model/node.js'
import {
  defaultKeeperLimits,
  initialKeeperState,
  type KeeperState,
} from '../../../src/protocol/keeper/state.js'
import { stepKeeper } from '../../../src/protocol/keeper/step.js'
import { type DatabaseCluster, openDatabaseCluster } from '../../support/database-cluster.js'

const [, shadow] = nodeNames as [NodeName, NodeName]
let cluster: DatabaseCluster

afterEach(async () => {
  await cluster.dispose()
})

test('a stopped replica is told to go on when it serves, and left to others when it is withdrawn', async () => {
  cluster = await openDatabaseCluster(2)
  let state = initialKeeperState(cluster.topology())
  const withdrawn = stepKeeper(
    state,
    { kind: 'withdrawn', node: shadow, nowMs: 0 },
    defaultKeeperLimits,
  ).state
  const returning = nodeReturnOf(() => state)
  await expect.poll(() => isApplying()).toBe(true)
  await cluster.ask(shadow, 'STOP SLAVE')

  state = withdrawn
  returning.nudge(shadow)
  // A nudge that is under way would be the one that is waited for, and go first.
  await returning.rejoinAs(shadow, 'inspect').catch(() => undefined)
  expect(await isApplying()).toBe(false)

  state = initialKeeperState(cluster.topology())
  returning.nudge(shadow)
  await expect.poll(() => isApplying()).toBe(true)
})

test('a return that fails again and again makes room for a person, and its reason can be read', async () => {
  cluster = await openDatabaseCluster(2)
  const state: KeeperState = initialKeeperState(cluster.topology())
  const returning = nodeReturnOf(() => state)
  // It serves, so that a return of it is refused each time.
  returning.rejoin(shadow)
  await expect.poll(() => returning.failures.get(shadow)).toMatch(/./)

  await expect(returning.rejoinAs(shadow, 'inspect')).rejects.toMatchObject({ code: 'REJOIN_REFUSED' })
})

async function isApplying(): Promise<boolean> {
  const [row] = await cluster.ask<{ Slave_SQL_Running: string }>(shadow, 'SHOW SLAVE STATUS')
  return row?.Slave_SQL_Running === 'Yes'
}

function nodeReturnOf(state: () => KeeperState): NodeReturn {
  const { tools } = cluster
  return new NodeReturn({
    // What neither a nudge nor a refusal needs is not there.
    tools: tools as never,
    supervisor: tools.supervisor as never,
    store: null as never,
    dataDirOf: tools.dataDirOf,
    extrasDir: tools.extrasDir,
    serverVersion: tools.serverVersion,
    context: tools.context,
    state,
    tell: async () => undefined,
  })
}
