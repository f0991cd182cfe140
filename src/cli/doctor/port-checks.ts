import { chooseBlock, portsFrom, portsWanted } from '../../cluster/port-block.js'
import { toCorelabError } from '../../kit/errors.js'
import { holderOfPort, isPortFree, portInUse } from '../../sys/ports.js'
import { stateDirOf } from '../../sys/state-dir.js'
import type { CheckFamily, DoctorInput, Finding } from './finding.js'
import { failedBy, pass } from './finding.js'

const systemPorts = [
  { port: 3306, server: 'MySQL or MariaDB' },
  { port: 6379, server: 'Redis' },
  { port: 5672, server: 'RabbitMQ' },
] as const

/** The ports that corelab would take, and those that it leaves alone. */
export const checkPorts: CheckFamily = async (input) => [await ownBlock(input), await systemServers()]

async function ownBlock({ dir, env, portBase, isRunning }: DoctorInput): Promise<Finding> {
  const named = { id: 'ports', title: 'Free ports' }
  if (isRunning) return pass(named, `held by environment ${env}, which runs`)
  try {
    if (portBase === null) {
      const { base } = await chooseBlock({
        stateDir: stateDirOf({ projectDir: dir, env }),
        isFree: isPortFree,
      })
      return pass(named, `a block from ${base} on`)
    }
    for (const { port, wantedBy } of portsWanted(portsFrom(portBase))) {
      if (!(await isPortFree(port))) throw portInUse({ port, wantedBy, holder: await holderOfPort(port) })
    }
    return pass(named, `the block from ${portBase} on`)
  } catch (thrown) {
    return failedBy(named, toCorelabError(thrown))
  }
}

/** A bank developer often has servers already; they must hear that nothing happens to them. */
async function systemServers(): Promise<Finding> {
  const named = { id: 'system-servers', title: 'Servers of this system' }
  const busy = await Promise.all(
    systemPorts.map(async ({ port, server }) => ((await isPortFree(port)) ? null : `${server} on ${port}`)),
  )
  const running = busy.filter((each) => each !== null)
  return pass(named, running.length === 0 ? 'none on the usual ports' : `${running.join(', ')}: left alone`)
}
