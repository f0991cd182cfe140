import { countField, refuseOtherFields } from '../../platform/argument.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { isoOfSql } from '../../platform/sql-time.js'
import { accountNoField } from './account-fields.js'
import { entryTable, readAccount } from './account-row.js'

interface EntryRow {
  readonly entryNo: number
  readonly gsn: string
  readonly bookedAt: string
  readonly amount: number | string
  readonly balanceAfter: number | string
  readonly summary: string
}

/** INT's largest: before it lies every entry. */
const latest = 2_147_483_647

/**
 * `AccountEntryService/list`: the statement of an account, newest entries first, a page at a time. `before` is the
 * entry number from which the last page said to go on (`nextBefore`; null when there is no more).
 */
export async function listEntries(call: ServiceCall, platform: SubsystemPlatform) {
  const { argument, context } = call
  refuseOtherFields(argument, ['accountNo', 'before', 'limit'])
  const key = { le: context.le, accountNo: accountNoField(argument) }
  const before = countField(argument, 'before', { min: 1, max: latest, otherwise: latest })
  const limit = countField(argument, 'limit', { min: 1, max: 100, otherwise: 20 })
  return platform.dataSource.read(context.readMode, async (connection) => {
    await readAccount(connection, key, { lock: false })
    const rows = await connection.query<EntryRow>(
      `SELECT entry_no AS entryNo, gsn, booked_at AS bookedAt, amount, balance_after AS balanceAfter, summary
         FROM ${entryTable(key.accountNo)} WHERE le_code = ? AND account_no = ? AND entry_no < ?
        ORDER BY entry_no DESC LIMIT ${limit}`,
      [key.le, key.accountNo, before],
    )
    const last = rows.at(-1)
    return {
      accountNo: key.accountNo.toString(),
      entries: rows.map(entryView),
      nextBefore: last && rows.length === limit && last.entryNo > 1 ? last.entryNo : null,
    }
  })
}

function entryView(row: EntryRow) {
  return {
    entryNo: row.entryNo,
    gsn: row.gsn,
    bookedAt: isoOfSql(row.bookedAt),
    amount: row.amount.toString(),
    balanceAfter: row.balanceAfter.toString(),
    summary: row.summary,
  }
}
