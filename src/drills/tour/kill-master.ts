import { corelabError } from '../../kit/errors.js'
import type { EnvironmentStatus } from '../../model/environment.js'
import { sendSignal, startTicksOf } from '../../sys/processes.js'

/** Ends the master's server process at once, as a power cut would. Returns which node that was and its epoch. */
export function killMaster(status: EnvironmentStatus): { readonly node: string; readonly epoch: number } {
  const node = status.topology?.master
  const pid = status.components.find((component) => component.name === node)?.pid ?? null
  const startTicks = pid === null ? null : startTicksOf(pid)
  if (!node || pid === null || startTicks === null) {
    throw corelabError('NO_MASTER', {
      message: 'There is no running master that could be killed',
      fix: ['corelab status', 'corelab up'],
    })
  }
  if (!sendSignal({ pid, startTicks }, 'SIGKILL')) {
    throw corelabError('PERMISSION_DENIED', {
      message: `The process of ${node} (pid ${pid}) may not be killed`,
    })
  }
  return { node, epoch: status.topology?.epoch ?? 0 }
}
