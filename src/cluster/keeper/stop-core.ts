import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { reasonOf } from '../../kit/errors.js'
import type { Emit } from '../../kit/events.js'
import type { NodeName } from '../../model/node.js'
import { isNode } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import type { Keeper } from './keeper.js'
import { controlOf } from './replication-wiring.js'
import type { Supervisor } from './supervisor.js'

const quiesceLimitMs = 5000
const statementLimitMs = 1000

/**
 * Stops everything in order: callers first, then the master becomes read-only and the others catch up, then the
 * databases, at last qlink and the rest. Goes on past failures: whatever happens, no process of ours is left running.
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
  await Promise.all(
    supervisor.names.map(async (name) => {
      if (name === 'network' || name === 'qlink') return
      if (isNode(name)) {
        if (await mayLie(keeper, name)) await supervisor.kill(name)
        else await clearSessions(keeper, name)
        keeper.hangUp(name)
      }
      await supervisor.stop(name).catch(complain)
    }),
  )
  await supervisor.stop('qlink').catch(complain)
  if (supervisor.names.includes('network')) await supervisor.stop('network').catch(complain)
}

/**
 * A server that is shut down in order lets go of the commits that wait for an acknowledgement, and answers some of them
 * OK (hole H5: seen on MariaDB 10.11 now and then, on MySQL 9.7 always). So one that has such, or does not say, is
 * killed: that tells nobody anything. Being read-only it can have no new ones; while some wait, it cannot become so.
 */
async function mayLie(keeper: Keeper, node: NodeName): Promise<boolean> {
  const { tools, state } = keeper
  const { role } = nodeOf(state.topology, node)
  if (role === 'quarantined') return true
  if (role !== 'master') return false
  try {
    return await controlOf(tools, node).run(statementLimitMs, async (connection) => {
      await tools.dialect.setReadOnly(connection, true)
      return (await tools.dialect.semiSyncSource(connection)).waiting > 0
    })
  } catch {
    return true
  }
}

/** MySQL waits two to ten seconds, asleep, for sessions that are open when it shuts down, idle ones too. */
async function clearSessions(keeper: Keeper, node: NodeName): Promise<void> {
  const { tools } = keeper
  if (tools.dialect.engine !== 'mysql') return
  const exceptUsers = [databaseAccounts.replication, databaseAccounts.qlink]
  await controlOf(tools, node)
    .run(statementLimitMs, (connection) => tools.dialect.endSessions(connection, { exceptUsers }))
    .catch(() => undefined)
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
