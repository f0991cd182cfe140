import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import { movesOf } from '../../protocol/keeper/failover.js'
import type { KeeperEvent } from '../../protocol/keeper/state.js'
import { attach, open, repoint } from './change-steps.js'
import { type KeeperTools, pollMs, statementLimitMs } from './keeper-tools.js'
import { ask, sleep, Trouble, type Work } from './tasks.js'

export interface BootHooks {
  readonly claimed: (term: number) => void
  readonly feed: (event: Untimed<KeeperEvent>) => void
}

type Untimed<T> = T extends unknown ? Omit<T, 'nowMs'> : never

const startLimitMs = 2000
const claimPauseMs = 100

/** From whatever an earlier keeper left to a keeper in command: every part leaves alone what holds already. */
export function* boot(tools: KeeperTools, hooks: BootHooks): Work<void> {
  yield* claim(tools, hooks)
  const topology = tools.topology()
  const adopted = topology.nodes.filter(({ name }) => tools.supervisor.isRunning(tools.nodeOf(name)))
  const diedAlone = adopted.length > 0 && !adopted.some(({ name }) => name === topology.master)
  const goesOn = topology.master !== null && !diedAlone
  for (const { name, role } of topology.nodes) {
    // An old master must not come back as it is while it has no successor (I4).
    const mayStart = role !== 'quarantined' && (role !== 'master' || goesOn)
    // Its recovery commits what nobody acknowledged: no client may see that before qlink has it.
    const closed = role === 'master'
    if (mayStart) tools.supervisor.start(tools.nodeOf(name), { truncating: false, closed })
  }
  yield* awaitAnswers(tools, topology)
  for (const { name, role } of topology.nodes)
    if (role !== 'quarantined' && !tools.supervisor.isRunning(tools.nodeOf(name)))
      hooks.feed({ kind: 'process-gone', node: name })
  if (goesOn && topology.master !== null) yield* openAsItWas(tools, topology, topology.master)
  hooks.feed({ kind: 'resume' })
}

function* claim(tools: KeeperTools, hooks: BootHooks): Work<void> {
  for (;;) {
    tools.supervisor.start(tools.qlink, { truncating: false })
    const reply = yield* ask(tools.qlink, { kind: 'claim' }, statementLimitMs)
    if (reply.kind === 'qlink-done') return hooks.claimed(reply.term)
    yield* sleep(claimPauseMs)
  }
}

function* awaitAnswers(tools: KeeperTools, topology: Topology): Work<void> {
  const untilMs = tools.nowMs() + startLimitMs
  const missing = () =>
    topology.nodes.filter(
      ({ name, role }) => role !== 'quarantined' && tools.supervisor.isRunning(tools.nodeOf(name)),
    )
  while (tools.nowMs() < untilMs) {
    const replies = yield missing().map(({ name }) => ({
      kind: 'ask',
      to: tools.nodeOf(name),
      ask: { kind: 'status' },
      limitMs: statementLimitMs,
    }))
    if (replies.every((reply) => reply.kind === 'node-status')) return
    yield* sleep(pollMs)
  }
}

/** The master is the one of before: its epoch goes on. What does not succeed is the watch's matter. */
function* openAsItWas(tools: KeeperTools, topology: Topology, master: NodeName): Work<void> {
  try {
    const asBefore = { candidate: master, epoch: topology.epoch }
    yield* attach(tools, asBefore)
    yield* open(tools, asBefore)
    yield* repoint(tools, movesOf(topology.nodes))
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    tools.tell(`cannot open ${master} as it was: ${error.message}`)
  }
}
