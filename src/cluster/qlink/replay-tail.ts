import { replayTransactions } from '../../clients/binlog/replay.js'
import type { Dialect } from '../../clients/dialects/dialect.js'
import { openConnection } from '../../clients/mysql/connection.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeAddress } from '../../model/qlink.js'
import type { LogReader } from './log/log-reader.js'

const connectTimeoutMs = 2000
/** One transaction of the tail may be a large one. */
const statementLimitMs = 10 * 60_000

/**
 * Applies on a node what it lacks of the log, in order and with the original GTIDs. Answers how many transactions it
 * applied. Throws QLINK_REFUSED when the log does not reach back to where the node stands, and what the replay throws.
 */
export async function replayTail(
  reader: LogReader,
  target: {
    readonly onto: NodeAddress
    readonly dialect: Dialect
    readonly password: string
    readonly signal: AbortSignal
  },
): Promise<number> {
  const { onto, dialect, password, signal } = target
  const connection = await openConnection(
    { host: onto.host, port: onto.port, user: databaseAccounts.qlink, password },
    { connectTimeoutMs, statementLimitMs, signal },
  )
  try {
    const position = await dialect.position(connection)
    const slices = await reader.slicesBeyond(position)
    if (slices === null)
      throw corelabError('QLINK_REFUSED', {
        message: `qlink's log no longer reaches back to where ${onto.node} stands (${position || 'its beginning'})`,
        fix: ['corelab qlink status', `corelab cluster rejoin ${onto.node} --mode reclone`],
      })
    if (slices.length === 0) return 0
    const { applied } = await replayTransactions(connection, slices, { engine: dialect.engine, signal })
    return applied
  } finally {
    await connection.close()
  }
}
