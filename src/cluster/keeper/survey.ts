import type { NodeName } from '../../model/node.js'
import { serverIdOf } from '../../model/node.js'
import type { LogPlace } from '../../model/qlink.js'
import type { Step, Survey } from '../../protocol/keeper/steps.js'
import { controlOf } from './replication-wiring.js'
import type { StepTools } from './step-tools.js'

const statementLimitMs = 1500

/**
 * How far each survivor is, by what it has received. Who does not answer, or goes on receiving, is left out: nobody
 * knows what it will have in a moment. Throws when qlink does not answer.
 */
export async function survey(tools: StepTools, step: Step & { kind: 'survey' }): Promise<Survey> {
  const { dialect } = tools
  const { durable } = await tools.qlink.status()
  const answers = await Promise.all(step.nodes.map((node) => standingOf(tools, node).catch(() => null)))
  const reachable = answers.filter((each) => each !== null)
  const reasons = await Promise.all(
    reachable.map((each) => whyErrant(tools, each, { oldMaster: step.oldMaster, end: durable.gtid })),
  )
  const errant = Object.fromEntries(
    reachable.flatMap(({ node }, index) => {
      const why = reasons[index]
      return why ? [[node, why]] : []
    }),
  )
  const sound = reachable
    .filter(({ node }) => errant[node] === undefined)
    .map(({ node, has, received }) => ({ node, position: dialect.unionOf([has, received]) }))
  const longest = dialect.unionOf([durable.gtid, ...sound.map(({ position }) => position)])
  const lacks = Object.fromEntries(
    sound.map(({ node, position }) => [
      node,
      dialect.transactionsBetween({ behind: position, ahead: longest }),
    ]),
  )
  return { lacks, errant }
}

interface Standing {
  readonly node: NodeName
  readonly has: string
  /** Of what it has: also who wrote it. */
  readonly history: string
  readonly received: string
}

/** null: it still receives. */
async function standingOf(tools: StepTools, node: NodeName): Promise<Standing | null> {
  const { dialect } = tools
  return controlOf(tools, node).run(statementLimitMs, async (connection) => {
    let status = await dialect.replicaStatus(connection)
    if (status?.receiving) {
      // It did not hear the order to halt, or not in time.
      await dialect.stopReceiving(connection)
      status = await dialect.replicaStatus(connection)
    }
    if (status?.receiving) return null
    const [history, has] = await Promise.all([dialect.history(connection), dialect.position(connection)])
    return { node, has, history, received: status?.receivedPosition ?? '' }
  })
}

/** Looked at one by one: what a node was given to apply can hide that what it has is something else. */
async function whyErrant(
  tools: StepTools,
  { has, received, history }: Standing,
  { oldMaster, end }: { readonly oldMaster: NodeName | null; readonly end: string },
): Promise<string | null> {
  const [stray, strayReceived] = await Promise.all(
    [has, received].map((position) => strayOf(tools, { position, oldMaster })),
  )
  return stray ?? strayReceived ?? branchOf(tools, { has, history, end })
}

/**
 * Why a node that has more than qlink's log does not go on from its end; null when it does, or has less. The tail of an
 * old master may be longer than what a successor wrote in its place, so its last transaction alone does not show that.
 */
function branchOf(
  { dialect }: Pick<StepTools, 'dialect'>,
  node: { readonly has: string; readonly history: string; readonly end: string },
): string | null {
  const { has, history, end } = node
  // What a copy of data brought is in no binlog of its own.
  if (history === '') return null
  const isLonger = dialect.transactionsBetween({ behind: end, ahead: has }) > 0
  if (!isLonger || dialect.transactionsBetween({ behind: has, ahead: end }) > 0) return null
  const missing = dialect.lastGtidsOf(end).filter((gtid) => !dialect.wasWritten({ history, gtid }))
  return missing.length === 0 ? null : `it has something else in the place of ${missing.join(', ')}`
}

/** Why a position is not one of the present history; null when it is. */
export async function strayOf(
  tools: Pick<StepTools, 'dialect'> & { readonly qlink: Pick<StepTools['qlink'], 'lookup'> },
  node: { readonly position: string; readonly oldMaster: NodeName | null },
): Promise<string | null> {
  const gtids = tools.dialect.lastGtidsOf(node.position)
  if (gtids.length === 0) return null
  const { places } = await tools.qlink.lookup(gtids)
  const strays = gtids.filter((gtid, index) => isStray(places[index], gtid, node.oldMaster))
  return strays.length === 0 ? null : `it has ${strays.join(', ')}, which the others never had`
}

/** What is beyond the log can only be an unacknowledged tail of the old master. */
function isStray(place: LogPlace | undefined, gtid: string, oldMaster: NodeName | null): boolean {
  if (place === 'foreign') return true
  if (place !== 'after') return false
  const writer = /^\d+-(\d+)-\d+$/.exec(gtid)?.[1]
  return writer !== undefined && (oldMaster === null || Number(writer) % 10 !== serverIdOf(oldMaster))
}
