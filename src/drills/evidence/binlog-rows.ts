/** What a binlog says was written by the load, by the names of the writes. */
export interface BinlogRows {
  readonly appends: readonly { readonly client: number; readonly n: number }[]
  /** Idempotency keys. */
  readonly transfers: readonly string[]
}

const insert = /^### INSERT INTO `([^`]+)`\.`([^`]+)`/
const otherRow = /^### (?:UPDATE|DELETE) /
const column = /^### {3}@(\d+)=(.*)$/

/**
 * Parses what `mariadb-binlog --verbose` (or `mysqlbinlog`) makes of row events: an insert, then one line per column.
 * Pure.
 */
export function parseBinlogRows(text: string): BinlogRows {
  const appends: { client: number; n: number }[] = []
  const transfers: string[] = []
  let table = ''
  let columns: string[] = []
  const finish = () => {
    if (table === 'bench.append') appends.push({ client: Number(columns[1]), n: Number(columns[2]) })
    if (table === 'pay.transfer') transfers.push((columns[2] ?? '').replace(/^'|'$/g, ''))
    table = ''
    columns = []
  }
  for (const line of text.split('\n')) {
    const begun = insert.exec(line)
    const value = column.exec(line)
    if (begun) {
      finish()
      table = `${begun[1]}.${begun[2]}`
    } else if (otherRow.test(line)) {
      finish()
    } else if (value && table !== '') {
      // A number may come with its unsigned form behind it: `-1 (4294967295)`.
      columns[Number(value[1])] = (value[2] ?? '').replace(/^-\d+ \((\d+)\).*$/, '$1')
    } else if (!line.startsWith('###')) finish()
  }
  finish()
  return { appends, transfers }
}
