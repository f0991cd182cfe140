import { dirname } from 'node:path'
import { corelabError } from '../kit/errors.js'
import { formatBytes } from '../kit/units.js'
import type { BootPlan } from '../model/boot-plan.js'
import type { Profile } from '../model/profile.js'
import { diskFreeBytes } from '../sys/files.js'
import { readHostFacts } from '../sys/host-facts.js'
import { holderOfPort, isPortFree, portInUse } from '../sys/ports.js'
import { portsWanted } from './port-block.js'

/**
 * What must hold before anything is started. Throws DISK_TOO_SMALL, MEMORY_TOO_SMALL or PORT_IN_USE, each with
 * the numbers or the holder.
 */
export async function checkHost(
  plan: BootPlan,
  facts: { readonly isNew: boolean; readonly heldByUs: boolean },
): Promise<void> {
  // Data that is already there was paid for when it was made.
  if (facts.isNew) requireDisk(plan.profile, await diskFreeBytes(dirname(dirname(plan.stateDir))))
  // Servers that still run hold their ports and their memory already.
  if (facts.heldByUs) return
  requireMemory(plan.profile, readHostFacts().memoryAvailableBytes)
  await requirePorts(plan)
}

/** Throws DISK_TOO_SMALL. */
export function requireDisk(profile: Profile, freeBytes: number): void {
  if (freeBytes >= profile.diskBytesMin) return
  throw corelabError('DISK_TOO_SMALL', {
    message: `Profile ${profile.name} needs ${formatBytes(profile.diskBytesMin)} of free disk, there are ${formatBytes(freeBytes)}`,
    fix: [...smaller(profile), 'free some space, or put the project on another disk'],
  })
}

/** Throws MEMORY_TOO_SMALL. */
export function requireMemory(profile: Profile, availableBytes: number): void {
  if (availableBytes >= profile.memoryBytesMax) return
  throw corelabError('MEMORY_TOO_SMALL', {
    message: `Profile ${profile.name} may use ${formatBytes(profile.memoryBytesMax)} of memory, ${formatBytes(availableBytes)} are available`,
    fix: [...smaller(profile), 'stop other programs'],
  })
}

async function requirePorts(plan: BootPlan): Promise<void> {
  for (const { port, wantedBy } of portsWanted(plan.ports)) {
    if (await isPortFree(port)) continue
    throw portInUse({ port, wantedBy, holder: await holderOfPort(port) })
  }
}

function smaller(profile: Profile): string[] {
  return profile.name === 'tiny' ? [] : ['corelab up --profile tiny']
}
