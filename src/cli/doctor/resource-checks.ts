import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatBytes } from '../../kit/units.js'
import { diskFreeBytes } from '../../sys/files.js'
import { readHostFacts } from '../../sys/host-facts.js'
import { openFilesMax } from '../../sys/open-files.js'
import type { CheckFamily, DoctorInput, Finding } from './finding.js'
import { fail, pass, warn } from './finding.js'

/** Of one database node, with its tables and a thousand connections. */
const openFilesMin = 4096

/** What the profile asks of the machine. */
export const checkResources: CheckFamily = async (input) => [
  await disk(input),
  memory(input),
  processors(),
  openFiles(),
]

async function disk({ dir, profile }: DoctorInput): Promise<Finding> {
  const named = { id: 'disk', title: 'Free disk' }
  const free = await diskFreeBytes(existingAncestor(dir))
  const wanted = profile.diskBytesMin
  const cause = `${formatBytes(free)} free, profile ${profile.name} asks for ${formatBytes(wanted)}`
  const smaller = profile.name === 'tiny' ? [] : ['corelab up --profile tiny']
  return free >= wanted
    ? pass(named, cause)
    : fail(named, cause, { fix: [...smaller, 'free some space'], code: 'DISK_TOO_SMALL' })
}

function memory({ profile, env, isRunning }: DoctorInput): Finding {
  const named = { id: 'memory', title: 'Memory' }
  const { memoryAvailableBytes: available } = readHostFacts()
  const wanted = profile.memoryBytesMax
  const cause = `${formatBytes(available)} available, profile ${profile.name} may use ${formatBytes(wanted)}`
  if (isRunning) return pass(named, `${formatBytes(available)} available, environment ${env} runs`)
  const smaller = profile.name === 'tiny' ? ['stop other programs'] : ['corelab up --profile tiny']
  return available >= wanted
    ? pass(named, cause)
    : fail(named, cause, { fix: smaller, code: 'MEMORY_TOO_SMALL' })
}

function processors(): Finding {
  const named = { id: 'processors', title: 'Processors' }
  const { cores, cpuModel } = readHostFacts()
  const cause = `${cores} x ${cpuModel}`
  return cores >= 2 ? pass(named, cause) : warn(named, `${cause}: everything works, slowly`)
}

function openFiles(): Finding {
  const named = { id: 'open-files', title: 'Open files' }
  const limit = openFilesMax()
  if (limit === null) return pass(named, 'the limit is not known')
  const cause = limit === Infinity ? 'unlimited' : `up to ${limit}`
  return limit >= openFilesMin
    ? pass(named, cause)
    : warn(named, `${cause}: few for four database nodes`, [`ulimit -n ${openFilesMin}`])
}

/** The folder of a new project need not be there yet. */
function existingAncestor(dir: string): string {
  return existsSync(dir) || dirname(dir) === dir ? dir : existingAncestor(dirname(dir))
}
