import { rename, rm } from 'node:fs/promises'
import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName, Role } from '../../model/node.js'
import type { Topology, TopologyNode } from '../../model/topology.js'
import { nodeWithRole } from '../../model/topology.js'
import type { KeeperEvent } from '../../protocol/keeper.js'
import { copyTree } from '../../sys/files.js'
import type { WiringTools } from './replication-wiring.js'
import { awaitReplicating, wireReplica } from './replication-wiring.js'
import type { Supervisor } from './supervisor.js'

export interface RebuildTools extends WiringTools {
  readonly supervisor: Supervisor
  readonly dataDirOf: (node: NodeName) => string
  readonly topology: () => Topology
  readonly tell: (event: KeeperEvent) => Promise<void>
}

/**
 * Makes a quarantined node anew from a slave's data and lets it serve as the last of the chain. What it had is
 * set aside as `data.quarantined` for inspection, never served (I4). The donor is stopped while it is copied;
 * a consistent copy needs nothing else, and the slaves are not part of the acknowledgement.
 * Throws FAILOVER_REFUSED when no slave can be spared.
 */
export async function rebuildNode(tools: RebuildTools, node: NodeName): Promise<void> {
  const donor = lastSlave(tools.topology())
  if (!donor)
    throw corelabError('FAILOVER_REFUSED', {
      message: `${node} cannot be rebuilt: no slave is left to copy from`,
      fix: ['corelab status'],
    })
  const role = freeRole(tools.topology())
  await tools.supervisor.stop(node)
  await tools.tell({ kind: 'withdrawn', node: donor.name })
  await tools.supervisor.stop(donor.name)
  const dataDir = tools.dataDirOf(node)
  await rm(`${dataDir}.quarantined`, { recursive: true, force: true })
  await rename(dataDir, `${dataDir}.quarantined`).catch(ignoreMissing)
  await copyTree(tools.dataDirOf(donor.name), dataDir)
  const shadow = present(nodeWithRole(tools.topology(), 'shadow'), 'shadow').name
  await Promise.all([
    readmit(tools, { ...donor, source: shadow }),
    readmit(tools, {
      ...present(
        tools.topology().nodes.find((each) => each.name === node),
        node,
      ),
      role,
      source: shadow,
    }),
  ])
}

/** Starts a node's process and lets it follow its source; then it serves. Also the way back of a crashed replica. */
export async function readmit(tools: RebuildTools, node: TopologyNode): Promise<void> {
  await tools.supervisor.start(node.name)
  await wireReplica(tools, tools.topology(), node)
  await awaitReplicating(tools, node.name)
  await tools.tell({
    kind: 'readmitted',
    node: node.name,
    role: node.role,
    source: present(node.source, 'source'),
  })
}

function lastSlave(topology: Topology): TopologyNode | null {
  return nodeWithRole(topology, 'slave-2') ?? nodeWithRole(topology, 'slave-1')
}

function freeRole(topology: Topology): Role {
  return nodeWithRole(topology, 'slave-1') ? 'slave-2' : 'slave-1'
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
