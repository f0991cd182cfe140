import type { Dialect } from '../../clients/dialects/dialect.js'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { Party } from '../../model/network.js'
import type { NodeName } from '../../model/node.js'
import { serverIdOf } from '../../model/node.js'
import type { NodeAddress } from '../../model/qlink.js'
import type { Topology, TopologyNode } from '../../model/topology.js'
import type { NodeControl } from './node-control.js'

/** What the wiring works with: a line to each node, the engine's dialect and the replication account. */
export interface WiringTools {
  readonly dialect: Dialect
  readonly controls: ReadonlyMap<NodeName, NodeControl>
  readonly replicationPassword: string
  /** Where a party connects to reach a node: in drills that is a fault proxy. */
  readonly addressOf: (from: Party, to: NodeName) => NodeAddress
  readonly context: Context
}

const statementLimitMs = 10_000
const replicaLimitMs = 15_000
const pollMs = 10
const replicaPollMs = 25

/**
 * Brings every serving node into the chain of the topology: the shadow follows the master, the slaves follow
 * the shadow. Safe to repeat: what already holds is left alone. Throws REPLICATION_BROKEN with the node's own error.
 */
export async function wireChain(tools: WiringTools, topology: Topology): Promise<void> {
  const replicas = topology.nodes.filter((node) => node.source !== null && node.serving)
  await Promise.all(replicas.map((node) => wireReplica(tools, topology, node)))
  await Promise.all(replicas.map((node) => awaitReplicating(tools, node.name)))
}

/**
 * Points one node to its source, unless it already follows it. No replica ever acknowledges: a second acknowledger
 * would keep a sealed master alive (hole H10).
 */
export async function wireReplica(
  tools: WiringTools,
  topology: Pick<Topology, 'epoch'>,
  node: Pick<TopologyNode, 'name' | 'source'>,
): Promise<void> {
  const { dialect } = tools
  const source = tools.addressOf(node.name, present(node.source, `source of ${node.name}`))
  await controlOf(tools, node.name).run(statementLimitMs, async (connection) => {
    await dialect.setReadOnly(connection, true)
    await dropAuthority(dialect, connection, node.name)
    await dialect.setSemiSyncReplica(connection, false)
    const status = await dialect.replicaStatus(connection)
    // A node skips what carries its own id, silently: what it wrote as master, and lost again in a crash, would never
    // come back. So it receives under an id that it has never written with.
    if (!status?.receiving) await dialect.setServerId(connection, serverIdIn(node.name, topology.epoch))
    const order = {
      host: source.host,
      port: source.port,
      user: 'corelab_repl',
      password: tools.replicationPassword,
    }
    if (status?.sourceHost === source.host && status.sourcePort === source.port) {
      if (status.receiving || status.applying) return dialect.startReplica(connection)
      // Just started, it may remember a password that was changed since.
      return dialect.replicateFrom(connection, order)
    }
    if (status !== null) await dialect.forgetSource(connection)
    // What came by a replay, or was written here as master, counts as applied.
    await dialect.adoptPosition(connection, await dialect.position(connection))
    await dialect.setServerId(connection, serverIdIn(node.name, topology.epoch))
    await dialect.replicateFrom(connection, order)
  })
}

/**
 * While there is no master, nodes belong to the change of master: one that is wired meanwhile could be the next master, or
 * be compared with others while it moves. Asked right before a node is wired; what is under way is cut off at the halt.
 * Throws REJOIN_REFUSED.
 */
export function demandChain({ master }: Pick<Topology, 'master'>): void {
  if (master === null)
    throw corelabError('REJOIN_REFUSED', {
      message: 'The master is being changed; whoever is missing is brought back when that is over',
      fix: ['corelab status'],
    })
}

/** Unique for a node and the epoch it was wired in; the last digit is the node's number. */
export function serverIdIn(node: NodeName, epoch: number): number {
  return serverIdOf(node) + 10 * epoch
}

/** A former master stops asking for acknowledgements, but never while somebody waits for one (hole H6). */
async function dropAuthority(dialect: Dialect, connection: SqlConnection, node: NodeName): Promise<void> {
  const { enabled, waiting } = await dialect.semiSyncSource(connection)
  if (enabled && waiting > 0)
    throw corelabError('REPLICATION_BROKEN', {
      message: `${node} has ${waiting} commits that wait for an acknowledgement; letting go of them would answer OK`,
      fix: ['corelab status'],
    })
  if (enabled) await dialect.endAuthority(connection)
}

/** Waits until a replica receives and applies without an error. */
export async function awaitReplicating(tools: WiringTools, node: NodeName): Promise<void> {
  await awaitTrue(tools, {
    what: `${node}: replication runs`,
    limitMs: replicaLimitMs,
    pollMs: replicaPollMs,
    test: () =>
      controlOf(tools, node).run(statementLimitMs, async (connection) => {
        const status = await tools.dialect.replicaStatus(connection)
        if (status?.lastError && !status.applying)
          throw corelabError('REPLICATION_BROKEN', {
            message: `${node} does not apply what its source sends`,
            detail: status.lastError,
            fix: [`corelab logs ${node}`, `corelab cluster rejoin ${node} --mode reclone`],
          })
        // A source that has not yet applied what its follower has sends it away for good: it is asked again.
        if (status?.receiving === false) await tools.dialect.startReplica(connection)
        return status?.receiving === true && status.applying
      }),
  })
}

/** Polls `test` until it is true. Throws REPLICATION_BROKEN naming what was waited for. */
export async function awaitTrue(
  tools: Pick<WiringTools, 'context'>,
  wait: {
    readonly what: string
    readonly limitMs: number
    readonly pollMs?: number
    readonly test: () => Promise<boolean>
  },
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
    await clock.sleep(wait.pollMs ?? pollMs, signal)
  }
}

export function controlOf(tools: Pick<WiringTools, 'controls'>, node: NodeName): NodeControl {
  return present(tools.controls.get(node), `control of ${node}`)
}
