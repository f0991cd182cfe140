import type { LoggedTransaction } from '../../../cluster/qlink/log/log-reader.js'
import { isoTime } from '../../../kit/clock.js'
import { formatBytes } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import type { Column } from '../table.js'
import { tableLines } from '../table.js'

export interface ShownTransactions {
  readonly transactions: readonly LoggedTransaction[]
  /** Whether the log has more behind the last one shown. */
  readonly more: boolean
}

export function qlinkLogAnswer({ transactions, more }: ShownTransactions, env: string): Answer {
  return {
    data: { transactions: transactions.map(transactionData), more },
    lines: (screen) => {
      if (transactions.length === 0) return ['No transaction.']
      const last = transactions.at(-1)?.gtid
      const rest = more ? ['', `There are more: --from ${last} goes on, --limit shows more at once.`] : []
      return [...transactionLines(transactions, screen), ...rest]
    },
    env,
  }
}

/** For `--json`: the time as text, sizes in bytes. */
export function transactionData({
  gtid,
  atSeconds,
  length,
  epoch,
  segment,
  offset,
}: LoggedTransaction): object {
  return { gtid, at: isoTime(atSeconds * 1000), bytes: length, epoch, segment, offset }
}

export function transactionLines(rows: readonly LoggedTransaction[], screen: Screen): string[] {
  return tableLines(columns, rows, { width: screen.width, titleStyle: screen.paint.faint })
}

/** One line of what is followed: the columns of the table in fixed widths, because the longest is not known. */
export function followedLine({ gtid, atSeconds, length, epoch }: LoggedTransaction): string {
  return `${gtid.padEnd(16)}  ${timeText(atSeconds)}  ${formatBytes(length).padStart(9)}  epoch ${epoch}`
}

const columns: readonly Column<LoggedTransaction>[] = [
  { title: 'GTID', cell: ({ gtid }) => gtid },
  { title: 'TIME', cell: ({ atSeconds }) => timeText(atSeconds) },
  { title: 'SIZE', align: 'right', cell: ({ length }) => formatBytes(length) },
  { title: 'EPOCH', align: 'right', cell: ({ epoch }) => String(epoch) },
  { title: 'SEGMENT', align: 'right', cell: ({ segment }) => String(segment) },
]

/** To the second, in UTC: a binlog does not know more. */
function timeText(atSeconds: number): string {
  return isoTime(atSeconds * 1000)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
