import { join } from 'node:path'
import { isoTime } from '../../kit/clock.js'
import type { NodeName } from '../../model/node.js'
import { ensureDir, writeFileAtomic } from '../../sys/files.js'
import { writeBinlogText } from './binlog-program.js'
import { copyEvents } from './copy-events.js'
import type { FoundExtras } from './find-extras.js'
import type { ExtrasRecord, ExtraTransaction, RejoinTools } from './rejoin-tools.js'
import { contentsOf } from './transaction-contents.js'

/**
 * Keeps what a node has beyond the present history before anything is done to it: the events as a binlog file, as text,
 * and as a list that a ledger of acknowledged writes can be held against (I4). Again for the same epoch, the files are
 * written anew. Readable by this user only: they hold the rows of customers.
 */
export async function saveExtras(
  tools: Pick<RejoinTools, 'extrasDir' | 'topology' | 'dialect' | 'supervisor' | 'context'>,
  node: NodeName,
  found: FoundExtras,
): Promise<ExtrasRecord> {
  const { epoch } = tools.topology()
  await ensureDir(tools.extrasDir, { mode: 0o700 })
  const path = (ending: string) => join(tools.extrasDir, `${node}-epoch${epoch}.${ending}`)
  const [list, binlog, text] = [path('json'), path('binlog'), path('sql')]
  await copyEvents(found, binlog)
  const isText = await writeBinlogText(
    { engine: tools.dialect.engine, server: tools.supervisor.spec(node).command, binlog, text },
    tools.context,
  )
  const record: ExtrasRecord = {
    schema: 'corelab/extras@1',
    node,
    epoch,
    foundAt: isoTime(tools.context.clock.wallMs()),
    lastCommon: found.lastCommon,
    transactions: await describeAll(found),
    files: { list, binlog, text: isText ? text : null },
  }
  await writeFileAtomic(list, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  return record
}

/** Without the finder's offsets, which mean nothing once the node has gone on. */
async function describeAll({ transactions }: FoundExtras): Promise<readonly ExtraTransaction[]> {
  const described: ExtraTransaction[] = []
  for (const each of transactions) {
    const { gtid, length: bytes, atSeconds } = each
    described.push({ gtid, at: isoTime(atSeconds * 1000), bytes, ...(await contentsOf(each)) })
  }
  return described
}
