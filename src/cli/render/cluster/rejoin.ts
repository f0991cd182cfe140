import type { ExtrasRecord, ExtraTransaction, RejoinOutcome } from '../../../cluster/rejoin/rejoin-tools.js'
import { exitCodes } from '../../../kit/exit-codes.js'
import { formatBytes, formatCount, formatDuration } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { indented, labelled, wrapText } from '../layout.js'
import { nextStepLines } from '../next-steps.js'
import type { Column } from '../table.js'
import { tableLines } from '../table.js'

/** Exit status 1 while the node stays out of service. */
export function rejoinAnswer(outcome: RejoinOutcome, env: string): Answer {
  return {
    data: outcome,
    lines: (screen) => rejoinLines(outcome, env, screen),
    exit: outcome.state === 'serving' ? exitCodes.ok : exitCodes.negative,
    env,
  }
}

const shownMax = 10

function rejoinLines(outcome: RejoinOutcome, env: string, screen: Screen): string[] {
  const { extras, next } = outcome
  return [
    ...headline(outcome, screen),
    ...(extras === null ? [] : ['', ...extrasLines(extras, outcome, screen)]),
    ...(next.length === 0 ? [] : ['', ...nextStepLines(next, { env, screen })]),
  ]
}

function headline(
  { node, state, role, reason, durationMs }: RejoinOutcome,
  { paint, width }: Screen,
): string[] {
  const took = formatDuration(durationMs)
  if (state === 'serving') return [`${paint.strong(node)}: ${paint.good(`serves as ${role}`)}   (${took})`]
  return [
    `${paint.strong(node)}: ${paint.caution('stays out of service')}   (${took})`,
    ...indented(wrapText(reason ?? '', width - 2), 2),
  ]
}

function extrasLines(extras: ExtrasRecord, { takenBack }: RejoinOutcome, { paint, width }: Screen): string[] {
  const { transactions, files, lastCommon } = extras
  const rest = transactions.length - shownMax
  return [
    `It had ${formatCount(transactions.length)} beyond ${lastCommon ?? 'the present history'}; ${takenBackText(takenBack, transactions.length)}`,
    ...tableLines(columns, transactions.slice(0, shownMax), { width, titleStyle: paint.faint }),
    ...(rest > 0 ? [`... and ${formatCount(rest)} more in the list`] : []),
    '',
    ...labelled([
      ['List', files.list],
      ['Rows', files.text ?? 'no text: mariadb-binlog is not installed'],
      ['Events', files.binlog],
    ]),
  ]
}

function takenBackText(takenBack: number, total: number): string {
  if (takenBack === 0) return 'it has them still'
  return takenBack === total ? 'they were taken back' : `${formatCount(takenBack)} were taken back`
}

const columns: readonly Column<ExtraTransaction>[] = [
  { title: 'GTID', cell: ({ gtid }) => gtid },
  { title: 'WRITTEN', cell: ({ at }) => at.replace('.000Z', 'Z') },
  { title: 'SIZE', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
  { title: 'WHAT', cell: ({ tables, statements }) => [...tables, ...statements].join(', ') },
]
