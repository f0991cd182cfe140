import type { Dialect } from '../../clients/dialects/dialect.js'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { Topology, TopologyNode } from '../../model/topology.js'
import { nodeOf } from '../../model/topology.js'
import type { NodeControl } from './node-control.js'

/** What the wiring works with: a line to each node, the engine's dialect and the replication account. */
export interface WiringTools {
  readonly dialect: Dialect
  readonly controls: ReadonlyMap<NodeName, NodeControl>
  readonly replicationPassword: string
  readonly context: Context
}

const statementLimitMs = 10_000
const replicaLimitMs = 15_000
const pollMs = 50

/**
 * Brings every serving node into the chain of the topology: the shadow follows the master, the slaves follow
 * the shadow, only the shadow acknowledges. Safe to repeat: what already holds is left alone.
 * Throws REPLICATION_BROKEN with the node's own error.
 */
export async function wireChain(tools: WiringTools, topology: Topology): Promise<void> {
  const replicas = topology.nodes.filter((node) => node.source !== null)
  await Promise.all(replicas.map((node) => wireReplica(tools, topology, node)))
  await Promise.all(replicas.map((node) => awaitReplicating(tools, node.name)))
}

/** Points one node to its source, unless it already follows it. */
export async function wireReplica(tools: WiringTools, topology: Topology, node: TopologyNode): Promise<void> {
  const { dialect } = tools
  const source = nodeOf(topology, present(node.source, `source of ${node.name}`)).endpoint
  await controlOf(tools, node.name).run(statementLimitMs, async (connection) => {
    await dialect.setReadOnly(connection, true)
    await dialect.setSemiSyncSource(connection, false)
    await dialect.setSemiSyncReplica(connection, node.role === 'shadow')
    const status = await dialect.replicaStatus(connection)
    const follows = status?.sourceHost === source.host && status.sourcePort === source.port
    if (follows && node.role === 'shadow' && !(await dialect.acknowledges(connection)))
      // Acknowledging is negotiated when a node connects. Only that is done again: stopping to apply, too, would
      // wait for a transaction of any size, in the middle of a failover.
      return dialect.restartReceiving(connection)
    if (follows) return dialect.startReplica(connection)
    await dialect.replicateFrom(connection, {
      host: source.host,
      port: source.port,
      user: 'corelab_repl',
      password: tools.replicationPassword,
    })
  })
}

/**
 * Makes a node the writer of `epoch`: forgets its source, demands acknowledgements, waits until the acker is
 * attached, writes the epoch row (which must be acknowledged: the end-to-end proof), then opens for writes.
 * Never opens without an acker: a commit would hang (hole H14) or, worse, go out unacknowledged (H16).
 */
export async function openMaster(
  tools: WiringTools,
  master: { readonly name: NodeName; readonly epoch: number },
): Promise<void> {
  const control = controlOf(tools, master.name)
  const { dialect } = tools
  await control.run(statementLimitMs, async (connection) => {
    if (await dialect.replicaStatus(connection)) await dialect.forgetSource(connection)
    await dialect.setSemiSyncReplica(connection, false)
    await dialect.setSemiSyncSource(connection, true)
  })
  await awaitTrue(tools, {
    what: `${master.name}: a replica that acknowledges is attached`,
    limitMs: replicaLimitMs,
    test: () =>
      control.run(statementLimitMs, async (connection) => {
        const status = await dialect.semiSyncSource(connection)
        return status.enabled && status.clients > 0
      }),
  })
  await control.run(statementLimitMs, async (connection) => {
    await writeEpoch(connection, master.epoch)
    await dialect.setReadOnly(connection, false)
  })
}

/** Waits until a replica receives and applies without an error. */
export async function awaitReplicating(tools: WiringTools, node: NodeName): Promise<void> {
  await awaitTrue(tools, {
    what: `${node}: replication runs`,
    limitMs: replicaLimitMs,
    test: () =>
      controlOf(tools, node).run(statementLimitMs, async (connection) => {
        const status = await tools.dialect.replicaStatus(connection)
        if (status?.lastError && !status.applying)
          throw corelabError('REPLICATION_BROKEN', {
            message: `${node} does not apply what its source sends`,
            detail: status.lastError,
            fix: [`corelab logs ${node}`, 'corelab down --volumes', 'corelab up'],
          })
        return status?.receiving === true && status.applying
      }),
  })
}

/** Polls `test` until it is true. Throws REPLICATION_BROKEN naming what was waited for. */
export async function awaitTrue(
  tools: Pick<WiringTools, 'context'>,
  wait: { readonly what: string; readonly limitMs: number; readonly test: () => Promise<boolean> },
): Promise<void> {
  const { clock, emit, signal } = tools.context
  const startedMs = clock.monotonicMs()
  let saidMs = startedMs
  while (!(await wait.test())) {
    const nowMs = clock.monotonicMs()
    if (nowMs - startedMs > wait.limitMs)
      throw corelabError('REPLICATION_BROKEN', {
        message: `Gave up after ${Math.round(wait.limitMs / 1000)} s waiting for: ${wait.what}`,
        fix: ['corelab status', 'corelab logs'],
      })
    if (nowMs - saidMs > 1000) {
      saidMs = nowMs
      emit({
        kind: 'step.waiting',
        step: 'replication',
        waitingFor: wait.what,
        elapsedMs: nowMs - startedMs,
        limitMs: wait.limitMs,
      })
    }
    await clock.sleep(pollMs, signal)
  }
}

export function controlOf(tools: Pick<WiringTools, 'controls'>, node: NodeName): NodeControl {
  return present(tools.controls.get(node), `control of ${node}`)
}

async function writeEpoch(connection: SqlConnection, epoch: number): Promise<void> {
  await connection.query('CREATE DATABASE IF NOT EXISTS corelab')
  await connection.query(
    'CREATE TABLE IF NOT EXISTS corelab.heartbeat (' +
      'id TINYINT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, beat BIGINT NOT NULL, beaten_at DATETIME(3) NOT NULL)',
  )
  await connection.execute(
    'INSERT INTO corelab.heartbeat (id, epoch, beat, beaten_at) VALUES (1, ?, 0, NOW(3)) ' +
      'ON DUPLICATE KEY UPDATE epoch = VALUES(epoch), beat = beat + 1, beaten_at = VALUES(beaten_at)',
    [epoch],
  )
}
