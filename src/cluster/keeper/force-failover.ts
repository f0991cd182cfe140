import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { EpochRecord } from '../../model/qlink.js'
import type { Topology } from '../../model/topology.js'
import { nodeWithRole } from '../../model/topology.js'
import { hostDisk } from '../qlink/log/disk.js'
import { giveUpLog } from '../qlink/log/give-up-log.js'
import { lostLogOf } from './lost-log.js'
import { awaitTrue, controlOf } from './replication-wiring.js'
import type { StepTools } from './step-tools.js'
import type { Supervisor } from './supervisor.js'

export interface ForceTools extends StepTools {
  readonly supervisor: Supervisor
  readonly topology: () => Topology
  /** `data` of the component qlink. */
  readonly qlinkDataDir: string
}

const statementLimitMs = 1500
const attachLimitMs = 15_000
/** A replica that has not received what a living master has by then will not. */
const levelLimitMs = 5000

/**
 * Gives up a log of qlink's that nobody can use, at a person's word (I6), and lets qlink begin a new one. Answers the master
 * that goes on, when it still answers: it has everything, and nothing is lost. null when there is none: the new log begins
 * behind the longest history there is, and the failover that is due now does the rest. The old log is kept.
 * Throws FAILOVER_REFUSED when the log is whole, or nobody is left who could take over.
 */
export async function acceptLoss(tools: ForceTools): Promise<NodeName | null> {
  const topology = tools.topology()
  const reason = await reasonToGiveUp(tools, topology)
  const positions = await positionsOf(tools, topology)
  const oldMaster = present(topology.master ?? nodeWithRole(topology, 'master')?.name, 'old master')
  const goesOn = topology.master !== null && positions.has(topology.master) ? topology.master : null
  const from = goesOn === null ? await longestOf(tools, oldMaster) : lowestOf(tools, topology, positions)
  const { epoch } = topology
  const term = tools.term()
  const leader = tools.addressOf('qlink', goesOn ?? oldMaster)
  const records: EpochRecord[] = [
    { kind: 'term', term },
    { kind: 'open', term, epoch, leader, from },
    ...(goesOn === null ? [{ kind: 'sealed', term, epoch, end: from } as const] : []),
  ]
  const { supervisor, context, qlinkDataDir } = tools
  await supervisor.kill('qlink')
  // The count says that there is something behind which it begins: the master may wait for the acknowledgement of just that.
  const transactions = tools.dialect.transactionsBetween({ behind: '', ahead: from })
  const kept = await giveUpLog({
    dataDir: qlinkDataDir,
    disk: hostDisk,
    records,
    from: { gtid: from, transactions },
    signal: context.signal,
  })
  context.emit({
    kind: 'warning',
    code: 'LOSS_ACCEPTED',
    message: `possible loss accepted: qlink begins a new log behind ${from || 'nothing'}, because ${reason}; the old one is kept in ${kept}`,
  })
  await supervisor.start('qlink')
  if (goesOn !== null) await awaitAcknowledging(tools, goesOn)
  return goesOn
}

async function reasonToGiveUp(tools: ForceTools, { epoch, master }: Topology): Promise<string> {
  const status = await tools.qlink.status()
  const lost = lostLogOf(status, epoch)
  if (lost !== null) return lost
  if (master === null) return 'no failover succeeded with it'
  throw corelabError('FAILOVER_REFUSED', {
    message: "qlink's log is whole, so nothing has to be lost",
    fix: ['corelab cluster failover', 'corelab status'],
  })
}

/** Of everybody who answers. */
async function positionsOf(tools: ForceTools, { nodes }: Topology): Promise<Map<NodeName, string>> {
  const answers = await Promise.all(
    nodes.map(async ({ name }) => [name, await positionOf(tools, name).catch(() => null)] as const),
  )
  return new Map(
    answers.flatMap(([name, position]) => (position === null ? [] : [[name, position] as const])),
  )
}

function positionOf(tools: ForceTools, node: NodeName): Promise<string> {
  return controlOf(tools, node).run(statementLimitMs, (connection) => tools.dialect.position(connection))
}

/** What comes behind it may have to be replayed on any replica. */
function lowestOf(tools: ForceTools, { nodes }: Topology, positions: ReadonlyMap<NodeName, string>): string {
  const serving = nodes.filter(({ name, serving }) => serving && positions.has(name))
  const all = serving.map(({ name }) => positions.get(name) ?? '')
  return sorted(tools, all)[0] ?? ''
}

/** Halts the replicas first, so that none gets more than it is counted with. A living old master may still give them its own. */
async function longestOf(tools: ForceTools, oldMaster: NodeName): Promise<string> {
  const { dialect, context } = tools
  const { nodes } = tools.topology()
  await levelWith(tools, oldMaster).catch(() => undefined)
  const replicas = nodes.filter(({ name }) => name !== oldMaster)
  const answers = await Promise.all(
    replicas.map(({ name }) =>
      controlOf(tools, name)
        .run(statementLimitMs, async (connection) => {
          if (await dialect.replicaStatus(connection)) await dialect.stopReceiving(connection)
          const received = (await dialect.replicaStatus(connection))?.receivedPosition ?? ''
          return dialect.unionOf([await dialect.position(connection), received])
        })
        .catch(() => null),
    ),
  )
  context.signal.throwIfAborted()
  const longest = sorted(
    tools,
    answers.filter((each) => each !== null),
  ).at(-1)
  if (longest !== undefined) return longest
  throw corelabError('FAILOVER_REFUSED', {
    message: 'no replica answers that could take over',
    fix: ['corelab up', 'corelab status'],
  })
}

async function levelWith(tools: ForceTools, oldMaster: NodeName): Promise<void> {
  const shadow = nodeWithRole(tools.topology(), 'shadow')?.name
  const ahead = await positionOf(tools, oldMaster)
  if (shadow === undefined) return
  await awaitTrue(tools, {
    what: `${shadow}: it has what ${oldMaster} has`,
    limitMs: levelLimitMs,
    test: async () =>
      tools.dialect.transactionsBetween({ behind: await positionOf(tools, shadow), ahead }) === 0,
  })
}

/** Shortest first. */
function sorted({ dialect }: ForceTools, positions: readonly string[]): string[] {
  const all = dialect.unionOf(positions)
  const lacks = (position: string) => dialect.transactionsBetween({ behind: position, ahead: all })
  return [...positions].sort((left, right) => lacks(right) - lacks(left))
}

async function awaitAcknowledging(tools: ForceTools, master: NodeName): Promise<void> {
  await awaitTrue(tools, {
    what: `${master}: qlink is attached again`,
    limitMs: attachLimitMs,
    test: async () => (await tools.qlink.status()).link.state === 'receiving',
  })
}
