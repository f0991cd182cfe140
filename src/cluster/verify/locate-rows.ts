import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { KeyRange } from './digest-sql.js'
import { rowsSql } from './digest-sql.js'
import type { NodeSnapshot, SamePosition } from './same-position.js'
import type { TableShape } from './table-shape.js'
import type { RowDifference } from './verify-tools.js'

/** A reader needs a few, not all. */
const keysMax = 10

/** Finds the rows of one part that differ between the master and a replica, up to ten; none without a primary key. */
export async function locateRows(
  table: TableShape,
  range: KeyRange,
  { at, replica }: { readonly at: SamePosition; readonly replica: NodeSnapshot },
): Promise<readonly RowDifference[]> {
  if (table.key.length === 0) return []
  const [master, other] = await Promise.all([
    checksums(at.master.reader, table, range),
    checksums(replica.reader, table, range),
  ])
  return differencesOf(master, other).slice(0, keysMax)
}

async function checksums(
  reader: SqlConnection,
  table: TableShape,
  range: KeyRange,
): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.query<{ id: string | number; crc: number }>(rowsSql(table, range))
  return new Map(rows.map(({ id, crc }) => [`${id}`, Number(crc)]))
}

/** Rows by key, what differs first in the master's order, then what only the replica has. */
export function differencesOf(
  master: ReadonlyMap<string, number>,
  replica: ReadonlyMap<string, number>,
): readonly RowDifference[] {
  const found: RowDifference[] = []
  for (const [key, crc] of master) {
    const other = replica.get(key)
    if (other === undefined) found.push({ key, kind: 'missing' })
    else if (other !== crc) found.push({ key, kind: 'changed' })
  }
  for (const key of replica.keys()) if (!master.has(key)) found.push({ key, kind: 'surplus' })
  return found
}
