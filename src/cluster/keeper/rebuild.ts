import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName, Role } from '../../model/node.js'
import type { Topology, TopologyNode } from '../../model/topology.js'
import { nodeOf, nodeWithRole } from '../../model/topology.js'
import type { KeeperEvent } from '../../protocol/keeper.js'
import { copyTree, isThere, removeTree } from '../../sys/files.js'
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
  await replaceData({ from: tools.dataDirOf(donor.name), to: tools.dataDirOf(node) })
  const shadow = present(nodeWithRole(tools.topology(), 'shadow'), 'shadow').name
  await Promise.all([
    readmit(tools, { ...donor, source: shadow }),
    readmit(tools, { ...nodeOf(tools.topology(), node), role, source: shadow }),
  ])
}

/** The copy is made beside the old data and takes its place when it is whole; a crash leaves one or the other. */
async function replaceData(dirs: { readonly from: string; readonly to: string }): Promise<void> {
  const copy = `${dirs.to}.copying`
  await removeTree(copy)
  await copyTree(dirs.from, copy)
  await forgetReplication(copy)
  if (await isThere(dirs.to)) {
    await removeTree(`${dirs.to}.quarantined`)
    await rename(dirs.to, `${dirs.to}.quarantined`)
  }
  await rename(copy, dirs.to)
}

/**
 * Takes out what the donor had received but not applied, and whom it followed. The position that counts is in the
 * data (`mysql.gtid_slave_pos`); with the donor's relay logs the copy would work on files that are not its own.
 */
async function forgetReplication(dataDir: string): Promise<void> {
  const files = (await readdir(dataDir)).filter((file) =>
    /^(relay|master\.info|multi-master\.info)/.test(file),
  )
  await Promise.all(files.map((file) => rm(join(dataDir, file))))
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
