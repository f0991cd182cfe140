import type { BinlogFormat } from '../../clients/binlog/format-description.js'
import type { NodeName } from '../../model/node.js'
import type { PlacesOf } from './compare-histories.js'
import { findFork, streamOf } from './compare-histories.js'
import type { OwnTransaction } from './own-binlog.js'
import { binlogFilesOf, readOwnFile } from './own-binlog.js'
import type { RejoinTools } from './rejoin-tools.js'

/** The transactions in a node's binlogs that the present history lacks. */
export interface FoundExtras {
  readonly transactions: readonly OwnTransaction[]
  /** The last one before them that the history has, too; null when the binlogs hold none. */
  readonly lastCommon: string | null
  readonly format: BinlogFormat
}

/**
 * Looks through a node's binlogs, newest first, back to where they part from qlink's log. Needs no running server.
 * null when nothing is extra. Throws QLINK_UNREACHABLE, BINLOG_DAMAGED, CANCELLED.
 */
export async function findExtras(
  tools: Pick<RejoinTools, 'qlink' | 'dataDirOf' | 'context'>,
  node: NodeName,
): Promise<FoundExtras | null> {
  const placesOf: PlacesOf = async (gtids) => (await tools.qlink.lookup(gtids)).places
  const newestFirst = [...(await binlogFilesOf(tools.dataDirOf(node)))].reverse()
  let later: FoundExtras | null = null
  for (const file of newestFirst) {
    const own = await readOwnFile(file, tools.context.signal)
    if (own === null || own.transactions.length === 0) continue
    const gtids = own.transactions.map(({ gtid }) => gtid)
    const isExtra = new Set(await findFork(gtids, placesOf))
    const here = own.transactions.filter((_, index) => isExtra.has(index))
    const transactions: readonly OwnTransaction[] = [...here, ...(later?.transactions ?? [])]
    const [first] = transactions
    if (!first) return null
    const isBefore = (gtid: string, index: number) =>
      !isExtra.has(index) && streamOf(gtid) === streamOf(first.gtid)
    later = { transactions, lastCommon: gtids.findLast(isBefore) ?? null, format: own.format }
    // Only while a whole file is extra, the one before it may hold some more.
    if (!isExtra.has(0)) break
  }
  return later
}
