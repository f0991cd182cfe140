import type { SqlConnection } from '../../clients/mysql/connection.js'
import { subTableCount, subTableName } from '../../model/sub-tables.js'
import type { BookedTransfer, GsnEntries, IdempotencyFacts } from '../checkers/idempotency.js'
import type { RecordedTransfers } from '../recorded-transfers.js'
import { inSnapshot } from './snapshot.js'

/** Reads all transfers and entries of a node in one snapshot. Memory grows with the number of transfers. */
export async function collectIdempotency(
  connection: SqlConnection,
  question: { readonly node: string; readonly recorded: Pick<RecordedTransfers, 'repeated'> },
): Promise<IdempotencyFacts> {
  const entriesByGsn = new Map<string, GsnEntries>()
  const transfers = await inSnapshot(connection, async () => {
    for (let subTable = 0; subTable < subTableCount; subTable++) {
      const rows = await connection.query<{ gsn: string; entries: number; sum: string }>(
        `SELECT gsn, COUNT(*) AS entries, SUM(amount) AS \`sum\`
           FROM ${subTableName('act.account_entry', subTable)} GROUP BY gsn`,
      )
      // Payer and payee are mostly in different sub-tables.
      for (const { gsn, entries, sum } of rows) {
        const known = entriesByGsn.get(gsn) ?? { entries: 0, sum: 0n }
        entriesByGsn.set(gsn, { entries: known.entries + Number(entries), sum: known.sum + BigInt(sum) })
      }
    }
    return connection.query<BookedTransfer>('SELECT idempotency_key AS `key`, gsn FROM pay.transfer')
  })
  return { ...question, transfers, entriesByGsn }
}
