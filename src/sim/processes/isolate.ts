import type { NodeName } from '../../model/node.js'
import { type KeeperTools, pollMs, statementLimitMs } from './keeper-tools.js'
import { followingId } from './server-ids.js'
import type { StartOptions } from './supervisor.js'
import { ask, sleep, Trouble, type Work, whyNot } from './tasks.js'

export const startLimitMs = 3000

/** Ended, and started by itself without its un-acknowledged tail; a node that was is left as it is. */
export function* isolate(tools: KeeperTools, name: NodeName): Work<void> {
  const process = tools.nodeOf(name)
  if (tools.isolated.get(name) === process.life && tools.supervisor.isRunning(process)) return
  if (!tools.supervisor.kill(process)) throw new Trouble(`${name} cannot be ended`)
  const serverId = followingId(name, tools.topology().epoch)
  yield* startNode(tools, name, { truncating: true, serverId })
  tools.isolated.set(name, process.life)
}

/** Until it answers. A process that runs is left alone. */
export function* startNode(tools: KeeperTools, name: NodeName, options: StartOptions): Work<void> {
  const process = tools.nodeOf(name)
  if (!tools.supervisor.start(process, options)) throw new Trouble(`${name} does not start`)
  const untilMs = tools.nowMs() + startLimitMs
  for (;;) {
    const reply = yield* ask(process, { kind: 'status' }, statementLimitMs)
    if (reply.kind === 'node-status') return
    if (tools.nowMs() > untilMs || !tools.supervisor.isRunning(process))
      throw new Trouble(`${name} does not answer: ${whyNot(reply)}`)
    yield* sleep(pollMs)
  }
}
