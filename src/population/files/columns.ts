/** What a column holds, for readers of the files. `integer`: also amounts, in fen. */
export type ColumnType = 'integer' | 'text' | 'date'

const integers: ReadonlySet<string> = new Set([
  ...['customer_id', 'account_no', 'batch_no', 'line_no', 'ordinal', 'accounts'],
  ...['account_class', 'row_version', 'entries_30d'],
  ...['balance', 'opening_balance', 'principal', 'amount', 'debit_total', 'credit_total'],
])

const dates: ReadonlySet<string> = new Set([
  ...['birth_date', 'opened_on', 'matures_on', 'booked_on'],
  ...['valid_from', 'valid_to', 'registered_on', 'last_login_on', 'started_on', 'ends_on'],
])

export function columnType(column: string): ColumnType {
  if (integers.has(column)) return 'integer'
  return dates.has(column) ? 'date' : 'text'
}
