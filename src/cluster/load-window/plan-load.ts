import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnvironmentStatus } from '../../model/environment.js'
import { nodeNames } from '../../model/node.js'
import { profiles } from '../../model/profile.js'
import type { PopulationSpec } from '../../population/population.js'
import { diskFreeBytes } from '../../sys/files.js'
import { readHostFacts } from '../../sys/host-facts.js'
import type { EnvironmentRef } from '../environment-store.js'
import { pathsOf } from '../environment-store.js'
import { estimateLoad } from './estimate.js'
import type { LoadPlan } from './load-plan.js'
import { wayOf } from './load-plan.js'

interface Facts extends EnvironmentRef {
  readonly status: EnvironmentStatus
}

/** How an environment would be loaded now, and what that takes. */
export async function planLoad(
  input: Facts & {
    readonly spec: PopulationSpec
    readonly append: boolean
    readonly held: number
    readonly streams: number
  },
): Promise<LoadPlan> {
  const { spec, held, append, streams } = input
  const facts = await roomFacts(input)
  const { way, why } = wayOf({ held, wanted: spec.customers, append })
  const estimate = estimateLoad({ ...facts, way, customers: spec.customers - held })
  return { way, why, spec, held, estimate, streams: way === 'offline' ? streams : 1 }
}

/** What there is of disk and memory. A core that will be stopped gives back what its processes hold. */
export async function roomFacts(input: Facts) {
  const paths = pathsOf(input)
  const heldBytes = input.status.components.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0)
  const [first = 'db-1'] = nodeNames
  return {
    nodes: nodeNames.length,
    nodeBytes: await bytesBelow(paths.component(first).data),
    diskBytesFree: await diskFreeBytes(input.project.dir),
    memoryBytesFree: readHostFacts().memoryAvailableBytes + heldBytes,
    profile: profiles[input.status.profile ?? input.project.config.profile],
  }
}

async function bytesBelow(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      // The server makes and removes files while this looks.
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
