import { reasonOf } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { WiringTools } from './replication-wiring.js'
import { controlOf } from './replication-wiring.js'

/** What a round of probes saw of one node. */
export type Observation =
  | {
      readonly node: NodeName
      readonly answered: true
      readonly position: string
      readonly replicating: boolean
    }
  | { readonly node: NodeName; readonly answered: false; readonly reason: string }

/** A probe write waits for its acknowledgement, so this bounds how late an acknowledgement may be. */
const probeDeadlineMs = 1000

/**
 * Asks every serving node once, in parallel. The master is asked with a write that must be acknowledged: a
 * server that answers SELECT 1 while its commits hang is not alive for anybody.
 */
export async function observeNodes(tools: WiringTools, topology: Topology): Promise<Observation[]> {
  const asked = topology.nodes.filter(
    (node) => node.serving && (node.role !== 'master' || topology.master !== null),
  )
  return Promise.all(
    asked.map(async ({ name }): Promise<Observation> => {
      try {
        return name === topology.master
          ? await probeMaster(tools, name, topology.epoch)
          : await probeReplica(tools, name)
      } catch (error) {
        return { node: name, answered: false, reason: reasonOf(error) }
      }
    }),
  )
}

async function probeMaster(tools: WiringTools, node: NodeName, epoch: number): Promise<Observation> {
  return controlOf(tools, node).run(probeDeadlineMs, async (connection) => {
    await connection.execute(
      'UPDATE corelab.heartbeat SET beat = beat + 1, beaten_at = NOW(3) WHERE id = 1 AND epoch = ?',
      [epoch],
    )
    return { node, answered: true, position: await tools.dialect.position(connection), replicating: true }
  })
}

async function probeReplica(tools: WiringTools, node: NodeName): Promise<Observation> {
  return controlOf(tools, node).run(probeDeadlineMs, async (connection) => {
    const status = await tools.dialect.replicaStatus(connection)
    const replicating = status?.receiving === true && status.applying
    return { node, answered: true, position: await tools.dialect.position(connection), replicating }
  })
}
