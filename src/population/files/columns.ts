/** What a column holds, for readers of the files. `integer`: also amounts, in fen. */
export type ColumnType = 'integer' | 'text' | 'date'

const integers: ReadonlySet<string> = new Set([
  'customer_id',
  'account_no',
  'account_class',
  'balance',
  'row_version',
])

export function columnType(column: string): ColumnType {
  if (integers.has(column)) return 'integer'
  return /_(on|date)$/.test(column) ? 'date' : 'text'
}
