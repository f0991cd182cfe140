import { afterEach, expect, test } from 'vitest'
import { guardSettings } from '../../../src/cluster/keeper/settings-guard.js'
import { type NodeName, nodeNames } from '../../../src/model/node.js'
import { initialKeeperState, type KeeperState } from '../../../src/protocol/keeper/state.js'
import { type DatabaseCluster, openDatabaseCluster } from '../../support/database-cluster.js'

const [master, shadow] = nodeNames as [NodeName, NodeName]
const stopping = new AbortController()
let cluster: DatabaseCluster
let guarding: Promise<void> = Promise.resolve()

afterEach(async () => {
  stopping.abort()
  await guarding
  await cluster.dispose()
})

test('what an OK stands on, and who may write, is put back; while roles change nothing is touched', async () => {
  cluster = await openDatabaseCluster(2)
  const settled = initialKeeperState(cluster.topology())
  const changing: KeeperState = {
    ...settled,
    workflow: { kind: 'reshape', step: 'repoint', attempt: 1, requests: [] },
  }
  let state = changing
  let rounds = 0
  const { clock } = cluster.tools.context
  const counting = {
    ...clock,
    sleep: (delayMs: number, signal?: AbortSignal) => {
      rounds++
      return clock.sleep(delayMs / 10, signal)
    },
  }
  guarding = guardSettings({
    looks: cluster.tools,
    repairs: cluster.tools,
    state: () => state,
    context: { ...cluster.tools.context, clock: counting, signal: stopping.signal },
  })
  await cluster.ask(master, 'SET GLOBAL rpl_semi_sync_master_timeout = 100, GLOBAL sync_binlog = 0')
  await cluster.ask(shadow, 'SET GLOBAL read_only = OFF, GLOBAL rpl_semi_sync_slave_enabled = ON')
  const before = rounds
  await expect.poll(() => rounds).toBeGreaterThan(before + 1)
  expect(await settingOf(shadow, 'read_only')).toBe(0)

  state = settled
  for (const [node, name, value] of [
    [master, 'rpl_semi_sync_master_timeout', 4_294_967_295],
    [master, 'sync_binlog', 1],
    // This cluster has no qlink, and its master demands no acknowledgement until it is guarded.
    [master, 'rpl_semi_sync_master_enabled', 1],
    [master, 'read_only', 0],
    [shadow, 'read_only', 1],
    [shadow, 'rpl_semi_sync_slave_enabled', 0],
  ] as const)
    await expect.poll(() => settingOf(node, name), { message: `${node} ${name}` }).toBe(value)
  expect(cluster.events).toContainEqual(
    expect.objectContaining({
      code: 'SETTING_PUT_BACK',
      message: expect.stringMatching(/^db-2: .*read_only is OFF, must be ON: a write here would split/),
    }),
  )
})

async function settingOf(node: NodeName, name: string): Promise<number> {
  const [row] = await cluster.ask<{ value: number | string }>(node, `SELECT @@GLOBAL.${name} AS value`)
  return Number(row?.value)
}
