import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { BootPlan } from '../../model/boot-plan.js'
import type { NodeName } from '../../model/node.js'
import { isThere, removeTree } from '../../sys/files.js'
import { statePaths } from '../../sys/state-dir.js'
import { windowPaths } from './window-server.js'

/** Where a node's data is, where the new one waits, and where the old one is kept until all nodes have theirs. */
export interface NodePlaces {
  readonly node: NodeName
  readonly data: string
  readonly next: string
  readonly before: string
}

/** The filled copy itself becomes the data of `master`; the other nodes get copies of it. */
export function placesOf(plan: BootPlan, master: NodeName): readonly NodePlaces[] {
  return plan.nodes.map(({ name: node }) => {
    const { data } = statePaths(plan.stateDir).component(node)
    const next = node === master ? windowPaths(plan).data : `${data}.loaded`
    return { node, data, next, before: `${data}.before-load` }
  })
}

/** Puts the new data in the place of the old, node by node. Killed anywhere, it goes on where it was. */
export async function placeCopies(places: readonly NodePlaces[]): Promise<void> {
  for (const { data, next, before } of places) {
    if (!(await isThere(next))) continue
    if (await isThere(data)) await rename(data, before)
    await rename(next, data)
    await syncDir(dirname(data))
  }
}

/** Gives every node back what it had. Only before the core was started on the new data: afterwards it is history. */
export async function putBack(places: readonly NodePlaces[]): Promise<void> {
  for (const { data, before } of places) {
    if (!(await isThere(before))) continue
    await removeTree(data)
    await rename(before, data)
    await syncDir(dirname(data))
  }
}

/** Of a node that was out of service nobody knows whether clients saw what it had: that is kept. */
export async function forgetOldData(
  places: readonly NodePlaces[],
  quarantined: readonly NodeName[],
): Promise<void> {
  for (const { node, data, before } of places) {
    if (quarantined.includes(node) && (await isThere(before))) {
      await removeTree(`${data}.quarantined`)
      await rename(before, `${data}.quarantined`)
    }
    await removeTree(before)
  }
}

async function syncDir(path: string): Promise<void> {
  const dir = await open(path, 'r')
  await dir.sync().finally(() => dir.close())
}
