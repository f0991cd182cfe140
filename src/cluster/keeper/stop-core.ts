import { reasonOf } from '../../kit/errors.js'
import type { Emit } from '../../kit/events.js'
import type { ComponentName } from '../../model/component-spec.js'
import type { Keeper } from './keeper.js'
import { isNode } from './keeper.js'
import { controlOf } from './replication-wiring.js'
import type { Supervisor } from './supervisor.js'

const quiesceLimitMs = 5000

/**
 * Stops everything in order: callers first, then the master becomes read-only and the shadow catches up, then
 * all servers at once. Goes on past failures: whatever happens, no process of ours is left running.
 */
export async function stopCore(input: {
  readonly keeper: Keeper
  readonly supervisor: Supervisor
  readonly emit: Emit
}): Promise<void> {
  const { keeper, supervisor, emit } = input
  const complain = (error: unknown) => emit({ kind: 'warning', code: 'STOP', message: reasonOf(error) })
  await supervisor.stop('subsystems').catch(complain)
  if (allNodesRun(input)) await quiesce(keeper).catch(complain)
  const servers = supervisor.names.filter((name): name is ComponentName => name !== 'subsystems')
  await Promise.all(servers.map((name) => supervisor.stop(name).catch(complain)))
}

/** Without new writes and with the shadow level, the next start finds all nodes at one position. */
async function quiesce(keeper: Keeper): Promise<void> {
  const { tools, state } = keeper
  const { master, nodes } = state.topology
  if (master === null) return
  const position = await controlOf(tools, master).run(quiesceLimitMs, async (connection) => {
    await tools.dialect.setReadOnly(connection, true)
    return tools.dialect.position(connection)
  })
  const replicas = nodes.filter((node) => node.serving && node.name !== master)
  await Promise.all(
    replicas.map(({ name }) =>
      controlOf(tools, name).run(quiesceLimitMs, (connection) =>
        tools.dialect.waitForPosition(connection, position, quiesceLimitMs / 2),
      ),
    ),
  )
}

function allNodesRun({ keeper, supervisor }: { keeper: Keeper; supervisor: Supervisor }): boolean {
  return keeper.state.topology.nodes.every(
    (node) => !isNode(node.name) || !node.serving || supervisor.isRunning(node.name),
  )
}
