import { dirname } from 'node:path'
import { corelabError } from '../kit/errors.js'
import { formatBytes } from '../kit/units.js'
import type { BootPlan } from '../model/boot-plan.js'
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
  if (facts.isNew) await checkDisk(plan)
  if (facts.heldByUs) return
  checkMemory(plan)
  await checkPorts(plan)
}

async function checkDisk(plan: BootPlan): Promise<void> {
  const wanted = plan.profile.diskBytesMin
  const free = await diskFreeBytes(dirname(dirname(plan.stateDir)))
  if (free >= wanted) return
  throw corelabError('DISK_TOO_SMALL', {
    message: `profile ${plan.profile.name} needs ${formatBytes(wanted)} of free disk, ${plan.project.dir} has ${formatBytes(free)}`,
    fix:
      plan.profile.name === 'tiny' ? ['free some space'] : ['corelab up --profile tiny', 'free some space'],
  })
}

function checkMemory(plan: BootPlan): void {
  const wanted = plan.profile.memoryBytesMax
  const { memoryAvailableBytes } = readHostFacts()
  if (memoryAvailableBytes >= wanted) return
  throw corelabError('MEMORY_TOO_SMALL', {
    message: `profile ${plan.profile.name} may use ${formatBytes(wanted)} of memory, this host has ${formatBytes(memoryAvailableBytes)} to spare`,
    fix: plan.profile.name === 'tiny' ? ['use a larger host'] : ['corelab up --profile tiny'],
  })
}

async function checkPorts(plan: BootPlan): Promise<void> {
  for (const { port, wantedBy } of portsWanted(plan.ports)) {
    if (await isPortFree(port)) continue
    throw portInUse({ port, wantedBy, holder: await holderOfPort(port) })
  }
}
