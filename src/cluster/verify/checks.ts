import { formatCount } from '../../kit/units.js'
import type { NodeName } from '../../model/node.js'
import { controlOf } from '../keeper/replication-wiring.js'
import type { ComparedTables } from './compare-tables.js'
import { globalValues } from './global-values.js'
import type { SamePosition } from './same-position.js'
import { safetySettings, violationsOf } from './settings.js'
import type { TableDifference, VerifyCheck, VerifyTools } from './verify-tools.js'

const statementLimitMs = 10_000

export function checkPosition({ position, replicas, late }: SamePosition): VerifyCheck {
  const violations = Object.entries(late).map(([node, why]) => `${node} could not be compared: ${why}`)
  return checkOf('position', violations, `${formatCount(replicas.length + 1)} nodes at ${position}`)
}

export function checkTables({ tables, rows, differences, changedMeanwhile }: ComparedTables): VerifyCheck {
  const violations = [
    ...differences.map(sentenceOf),
    ...changedMeanwhile.map((table) => `${table} was changed by DDL meanwhile; verify again`),
  ]
  return checkOf(
    'tables',
    violations,
    `${formatCount(tables)} tables, ${formatCount(rows)} rows, equal on every node`,
  )
}

/**
 * What a node has that the master never had, and what it passed over: a server does not apply what carries its own id, and
 * says nothing. The replicas' histories are read first: the master only gains meanwhile.
 */
export async function checkErrant(
  tools: HistoryTools,
  nodes: { readonly master: NodeName; readonly histories: ReadonlyMap<NodeName, string> },
): Promise<VerifyCheck> {
  const { dialect } = tools
  const source = await masterHistory(tools, nodes)
  const violations = [...nodes.histories].flatMap(([node, replica]) => {
    const extra = dialect.extraGtids({ replica, source })
    const position = dialect.unionOf([replica])
    // A set of MySQL names what is there: it cannot be at a position and lack what comes before.
    const lacking = dialect.engine === 'mysql' ? [] : dialect.extraGtids({ replica: source, source: replica })
    const skipped = lacking.filter((gtid) => dialect.includes({ position, gtid }))
    return [
      ...(extra.length === 0 ? [] : [`${node} has ${extra.join(', ')}, which ${nodes.master} never had`]),
      ...(skipped.length === 0 ? [] : [`${node} passed over ${skipped.join(', ')}, and is at ${position}`]),
    ]
  })
  return checkOf('errant', violations, 'every node has the history, and nothing else')
}

type HistoryTools = Pick<VerifyTools, 'dialect' | 'controls' | 'context'>

const settleLimitMs = 10_000
const lookMs = 50

/**
 * A MySQL master counts a transaction once it was acknowledged, and its replicas may have it before. So one that only they
 * seem to have is looked for until it was there or the time is up.
 */
async function masterHistory(
  tools: HistoryTools,
  { master, histories }: { readonly master: NodeName; readonly histories: ReadonlyMap<NodeName, string> },
): Promise<string> {
  const { dialect, context } = tools
  const deadlineMs = context.clock.monotonicMs() + settleLimitMs
  for (;;) {
    const source = await historyOf(tools, master)
    const lags = [...histories.values()].some((replica) => dialect.extraGtids({ replica, source }).length > 0)
    if (!lags || dialect.engine !== 'mysql' || context.clock.monotonicMs() > deadlineMs) return source
    await context.clock.sleep(lookMs, context.signal)
  }
}

/** Every value that the safety argument stands on, on every node. */
export async function checkSettings(
  tools: VerifyTools,
  nodes: { readonly master: NodeName; readonly replicas: readonly NodeName[] },
): Promise<VerifyCheck> {
  const all = [nodes.master, ...nodes.replicas]
  const violations = await Promise.all(
    all.map(async (node) => {
      const settings = safetySettings(tools.dialect.engine, node === nodes.master ? 'master' : 'replica')
      return violationsOf(settings, await globalValues(tools, { node, limitMs: statementLimitMs })).map(
        (text) => `${node}: ${text}`,
      )
    }),
  )
  return checkOf(
    'settings',
    violations.flat(),
    `what makes OK durable is in force on ${formatCount(all.length)} nodes`,
  )
}

/** What the master shows was acknowledged, so qlink has it on its disk (I1). */
export async function checkQlink(
  tools: VerifyTools,
  { position, master }: SamePosition,
): Promise<VerifyCheck> {
  const status = await tools.qlink.status()
  const gtids = tools.dialect.lastGtidsOf(position)
  const { places } = await tools.qlink.lookup(gtids)
  const violations = [
    ...(status.phase === 'open' && status.leader?.node === master.node
      ? []
      : [`qlink is ${status.phase} for ${status.leader?.node ?? 'nobody'}, not open for ${master.node}`]),
    ...(status.diskError === null ? [] : [`qlink cannot write: ${status.diskError}`]),
    ...gtids
      .filter((_, index) => places[index] !== 'inside')
      .map((gtid) => `${gtid}, which clients of ${master.node} can see, is not in qlink's log`),
  ]
  return checkOf('qlink', violations, `qlink's log has everything up to ${position}`)
}

export function historyOf(tools: HistoryTools, node: NodeName): Promise<string> {
  return controlOf(tools, node).run(statementLimitMs, (connection) => tools.dialect.history(connection))
}

/** Variables and status values in one, by their names in lower case. */
function checkOf(name: VerifyCheck['name'], violations: readonly string[], holds: string): VerifyCheck {
  const [first] = violations
  const more = violations.length > 1 ? ` (and ${formatCount(violations.length - 1)} more)` : ''
  return { name, valid: first === undefined, summary: first === undefined ? holds : first + more, violations }
}

function sentenceOf({ node, table, kind, range, rows, keys }: TableDifference): string {
  switch (kind) {
    case 'missing':
      return `${node} does not have ${table}`
    case 'surplus':
      return `only ${node} has ${table}`
    case 'structure':
      return `${table} has other columns on ${node}`
    case 'rows': {
      const [first] = keys
      if (first) return `${table} on ${node}: row ${first.key} is ${first.kind}`
      const part =
        range.from === null && range.to === null
          ? ''
          : ` between ${range.from ?? 'its beginning'} and ${range.to ?? 'its end'}`
      return `${table} on ${node} differs${part} (${formatCount(rows.master)} and ${formatCount(rows.node)} rows)`
    }
  }
}
