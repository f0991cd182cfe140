import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { TopologyNode } from '../../model/topology.js'
import { nodeOf, nodeWithRole } from '../../model/topology.js'
import { copyTree, isThere, removeTree } from '../../sys/files.js'
import { followHistory } from './follow-history.js'
import type { RejoinTools } from './rejoin-tools.js'
import { serveAgain } from './serve-again.js'

/**
 * Makes a node anew from a slave's data; it serves again as the last of the chain. What it had is set aside as
 * `data.quarantined`, never served (I4). The donor is stopped while it is copied: a consistent copy needs nothing else,
 * and the slaves are no part of an acknowledgement. Throws REJOIN_REFUSED when no slave can be spared, and what starting
 * and following throw.
 */
export async function recloneNode(tools: RejoinTools, node: NodeName): Promise<void> {
  const donor = donorFor(tools, node)
  if (nodeOf(tools.topology(), node).role !== 'quarantined')
    await tools.tell({ kind: 'diverged', node, reason: 'it is made anew' })
  await tools.supervisor.kill(node)
  await tools.tell({ kind: 'withdrawn', node: donor.name })
  if (nodeOf(tools.topology(), donor.name).serving)
    throw corelabError('REJOIN_REFUSED', {
      message: `${donor.name}, from which ${node} would be copied, leads now`,
      fix: [`corelab cluster rejoin ${node} --mode reclone`],
    })
  try {
    await tools.supervisor.stop(donor.name)
    await replaceData({ from: tools.dataDirOf(donor.name), to: tools.dataDirOf(node) })
  } finally {
    await putBack(tools, donor)
  }
  await tools.supervisor.start(node, 'rejoin')
  tools.controls.get(node)?.drop()
  await follow(tools, node)
}

/** It takes its own place again: nobody else could have taken it meanwhile. */
async function putBack(tools: RejoinTools, donor: TopologyNode): Promise<void> {
  await tools.supervisor.start(donor.name, 'rejoin')
  tools.controls.get(donor.name)?.drop()
  const followed = await followHistory(tools, donor.name)
  if (!followed.followed) throw refusedBySource(donor.name, followed.error)
  const { name: node, role } = donor
  await tools.tell({ kind: 'readmitted', node, role, source: followed.source })
}

async function follow(tools: RejoinTools, node: NodeName): Promise<void> {
  const followed = await followHistory(tools, node)
  if (!followed.followed) throw refusedBySource(node, followed.error)
  await serveAgain(tools, { node, source: followed.source })
}

function refusedBySource(node: NodeName, error: string) {
  return corelabError('REPLICATION_BROKEN', {
    message: `${node} is refused by its source`,
    detail: error,
    fix: ['corelab status', `corelab logs ${node}`],
  })
}

/** The last slave that serves, and is not the node itself. */
function donorFor(tools: RejoinTools, node: NodeName): TopologyNode {
  const topology = tools.topology()
  const donor = (['slave-2', 'slave-1'] as const)
    .map((role) => nodeWithRole(topology, role))
    .find((each) => each?.serving && each.name !== node)
  if (donor) return donor
  throw corelabError('REJOIN_REFUSED', {
    message: `${node} cannot be made anew: no slave is there to copy from`,
    detail: 'The shadow is not taken for it: it is the next master.',
    fix: ['corelab status', 'corelab up'],
  })
}

/** The copy is made beside the old data and takes its place when it is whole; a crash leaves one or the other. */
async function replaceData(dirs: { readonly from: string; readonly to: string }): Promise<void> {
  const copy = `${dirs.to}.copying`
  await removeTree(copy)
  await copyTree(dirs.from, copy)
  await forgetIdentity(copy)
  if (await isThere(dirs.to)) {
    await removeTree(`${dirs.to}.quarantined`)
    await rename(dirs.to, `${dirs.to}.quarantined`)
  }
  await rename(copy, dirs.to)
}

/**
 * Takes out what the donor had received but not applied, whom it followed, and its own name (MySQL's `auto.cnf`). The
 * position that counts is in the data; with the donor's relay logs the copy would work on files that are not its own.
 */
async function forgetIdentity(dataDir: string): Promise<void> {
  const files = (await readdir(dataDir)).filter((file) =>
    /^(relay|master\.info|multi-master\.info|auto\.cnf)/.test(file),
  )
  await Promise.all(files.map((file) => rm(join(dataDir, file))))
}
