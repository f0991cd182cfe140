import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { checksumLength, eventTypes, headerLength, sizeOf, typeOf } from '../../clients/binlog/event.js'
import { queryPartsOf } from '../../clients/binlog/query-event.js'
import type { OwnTransaction } from './own-binlog.js'

export interface TransactionContents {
  readonly tables: readonly string[]
  readonly statements: readonly string[]
  readonly reversible: boolean
}

/** Reads what a transaction changes, by its events' heads; it may be of any size. */
export async function contentsOf({
  file,
  offset,
  length,
  kind,
}: OwnTransaction): Promise<TransactionContents> {
  const handle = await open(file, 'r')
  const tables = new Set<string>()
  const statements: string[] = []
  let reversible = kind === 'transaction'
  try {
    for (let at = offset; at < offset + length; ) {
      const { head, size } = await readHead(handle, at)
      at += size
      const type = typeOf(head, 0)
      const end = Math.min(head.length, size - checksumLength)
      if (type === eventTypes.tableMap) tables.add(tableOf(head))
      else if (type === eventTypes.query) {
        const { statementStart } = queryPartsOf(head, 0, end)
        const text = head.toString(
          'utf8',
          statementStart,
          Math.min(end, statementStart + statementShownBytes),
        )
        if (!framing.test(text)) statements.push(text)
      }
      if (!rowEvents.has(type)) reversible = false
    }
  } finally {
    await handle.close()
  }
  return { tables: [...tables].sort(), statements, reversible: reversible && statements.length === 0 }
}

/** Enough for the names in a table map, and for the beginning of a statement behind its status variables. */
const headBytes = 2048
const statementShownBytes = 300

async function readHead(
  handle: FileHandle,
  position: number,
): Promise<{ readonly head: Buffer; readonly size: number }> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, position)
  const size = sizeOf(buffer, 0)
  return { head: buffer.subarray(0, Math.min(bytesRead, size)), size: Math.max(size, headerLength) }
}

/** Behind the header: u48 table id, u16 flags, u8 length and name of the schema, a zero, the same of the table. */
function tableOf(event: Buffer): string {
  const schemaAt = headerLength + 8
  const schemaLength = event[schemaAt] ?? 0
  const tableAt = schemaAt + 1 + schemaLength + 1
  const tableLength = event[tableAt] ?? 0
  const schema = event.toString('utf8', schemaAt + 1, schemaAt + 1 + schemaLength)
  return `${schema}.${event.toString('utf8', tableAt + 1, tableAt + 1 + tableLength)}`
}

/** Statements that only frame others. */
const framing = /^(?:BEGIN|START TRANSACTION|COMMIT|ROLLBACK|XA START|XA END)\b/i

/** What a transaction of MariaDB consists of when rows are all it changes: WRITE, UPDATE and DELETE, also compressed. */
const rowEvents: ReadonlySet<number> = new Set([
  eventTypes.mariadbGtid,
  eventTypes.annotateRows,
  eventTypes.tableMap,
  ...[23, 24, 25, 30, 31, 32],
  ...[166, 167, 168, 169, 170, 171],
  eventTypes.xid,
])
