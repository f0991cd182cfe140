import { join } from 'node:path'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { sqlLiteral } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { removeTree } from '../../sys/files.js'
import { controlOf } from '../keeper/replication-wiring.js'
import { undoStatements } from './binlog-program.js'
import { streamOf } from './compare-histories.js'
import { copyEvents } from './copy-events.js'
import type { FoundExtras } from './find-extras.js'
import type { RejoinTools } from './rejoin-tools.js'
import { contentsOf } from './transaction-contents.js'

/** Undoing takes about as long as doing did. */
const undoLimitMs = 30 * 60_000

/**
 * Undoes a node's extra transactions by their own row images and makes its GTID state that of the last common one, so
 * that it is a prefix again. The rows and the mark that they are undone change in one transaction: whoever is ended in
 * the middle goes on from there with {@link finishFlashback}. The node must run by itself, read-only. Throws
 * REJOIN_REFUSED before anything is changed, PROGRAM_MISSING, DATABASE_REFUSED when a row is not what its image says.
 */
export async function flashback(
  tools: RejoinTools,
  { node, left }: { readonly node: NodeName; readonly left: FoundExtras },
): Promise<void> {
  const lastCommon = await requireReversible(tools, node, left)
  const binlog = join(tools.extrasDir, `${node}-undo.binlog`)
  await copyEvents(left, binlog)
  const server = tools.supervisor.spec(node).command
  await withoutBinlog(tools, node, async (connection) => {
    const state = stateUpTo([await tools.dialect.history(connection), await masterHistory(tools)], lastCommon)
    await connection.query(
      `CREATE TABLE IF NOT EXISTS ${mark} (position TEXT NOT NULL, state TEXT NOT NULL) ENGINE = InnoDB`,
    )
    await connection.begin()
    for await (const statement of undoStatements({ server, binlog })) await connection.query(statement)
    await connection.execute(`INSERT INTO ${mark} (position, state) VALUES (?, ?)`, [lastCommon, state])
    await connection.commit()
  })
  await finishFlashback(tools, node)
  await removeTree(binlog)
}

/**
 * Where the rows of extra transactions were undone: takes the transactions out of the node's binlog, too. Does nothing
 * on any other node. To be called after every start of a node that comes back, since one ended in between says nothing
 * true about its position.
 */
export async function finishFlashback(
  tools: Pick<RejoinTools, 'controls' | 'dialect'>,
  node: NodeName,
): Promise<void> {
  if (tools.dialect.engine !== 'mariadb') return
  await withoutBinlog(tools, node, async (connection) => {
    const [known] = await connection.query(
      `SELECT 1 FROM information_schema.tables WHERE CONCAT(table_schema, '.', table_name) = ${sqlLiteral(mark)}`,
    )
    if (!known) return
    const [undone] = await connection.query<{ position: string; state: string }>(
      `SELECT position, state FROM ${mark}`,
    )
    if (undone) {
      await connection.query('RESET MASTER')
      await connection.query(`SET GLOBAL gtid_binlog_state = ${sqlLiteral(undone.state)}`)
      await tools.dialect.adoptPosition(connection, undone.position)
    }
    await connection.query(`DROP TABLE ${mark}`)
  })
}

/** On this node only: nothing of it is part of any history. */
const mark = 'corelab.flashback_mark'

/** The session is not used again: nobody else may inherit that it writes nothing to the binlog. */
async function withoutBinlog(
  tools: Pick<RejoinTools, 'controls'>,
  node: NodeName,
  work: (connection: SqlConnection) => Promise<void>,
): Promise<void> {
  const control = controlOf(tools, node)
  try {
    await control.run(undoLimitMs, async (connection) => {
      await connection.query('SET sql_log_bin = 0')
      await work(connection)
    })
  } finally {
    control.drop()
  }
}

/** The last common transaction, when everything behind it can be undone. */
async function requireReversible(tools: RejoinTools, node: NodeName, left: FoundExtras): Promise<string> {
  const refused = (message: string, detail?: string) =>
    corelabError('REJOIN_REFUSED', {
      message: `${node} cannot be brought back by undoing: ${message}`,
      detail,
      fix: [`corelab cluster rejoin ${node} --mode reclone   (copies a slave)`],
    })
  if (tools.dialect.engine !== 'mariadb') throw refused('its engine has no flashback')
  const { lastCommon, transactions } = left
  if (lastCommon === null) throw refused('its binlogs do not reach back to the last common transaction')
  for (const each of transactions) {
    if (streamOf(each.gtid) !== streamOf(lastCommon))
      throw refused(`${each.gtid} was written in a replication domain of its own`)
    const { reversible, statements } = await contentsOf(each)
    if (!reversible) throw refused(`${each.gtid} changes more than rows`, statements.join('\n'))
  }
  return lastCommon
}

/** Who wrote what before the fork stands in the master's, too; the node's own knows of its extra writers only the end. */
function masterHistory(tools: RejoinTools): Promise<string> {
  const master = present(tools.topology().master, 'master')
  return controlOf(tools, master).run(historyLimitMs, (connection) => tools.dialect.history(connection))
}

const historyLimitMs = 10_000

/** The binlog state as it was at `gtid`, from what is known later: of each writer, the last that is not beyond it. */
export function stateUpTo(states: readonly string[], gtid: string): string {
  const end = partsOf(gtid)
  const last = new Map<string, bigint>()
  for (const entry of [...states.join(',').split(','), gtid]) {
    if (entry.trim() === '') continue
    const { domain, server, sequence } = partsOf(entry)
    if (domain === end.domain && sequence > end.sequence) continue
    const writer = `${domain}-${server}`
    if (sequence > (last.get(writer) ?? 0n)) last.set(writer, sequence)
  }
  // The server takes the last one of a domain for its position.
  const ofEnd = `${end.domain}-${end.server}`
  const others = [...last].filter(([writer]) => writer !== ofEnd)
  return [...others, [ofEnd, end.sequence] as const]
    .map(([writer, sequence]) => `${writer}-${sequence}`)
    .join(',')
}

function partsOf(gtid: string): {
  readonly domain: string
  readonly server: string
  readonly sequence: bigint
} {
  const [domain = '', server = '', sequence = '0'] = gtid.trim().split('-')
  return { domain, server, sequence: BigInt(sequence) }
}
