import { exitCodes } from '../../../kit/exit-codes.js'
import { formatMinor } from '../../../kit/money.js'
import { formatCount, formatDuration } from '../../../kit/units.js'
import type { RowDifference } from '../../../population/verify/locate.js'
import type { NodeVerdict, PopulationCheck, PopulationVerdict } from '../../../population/verify/verdict.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { sentenceOf } from '../../users/population-flags.js'
import { indented, labelled, wrapText } from '../layout.js'
import { nextStepLines } from '../next-steps.js'
import { type Column, tableLines } from '../table.js'

interface Compared {
  readonly env: string
  /** Nodes that do not serve. */
  readonly notCompared: readonly string[]
}

/** Exit status 1 when anything differs; 5 when a node could not be asked. */
export function populationVerdictAnswer(verdict: PopulationVerdict, compared: Compared): Answer {
  const { env, notCompared } = compared
  const exitWhenValid = notCompared.length === 0 ? exitCodes.ok : exitCodes.inconclusive
  return {
    data: { ...verdict, balance: verdict.balance.toString(), notCompared },
    lines: (screen) => verdictLines(verdict, compared, screen),
    exit: verdict.valid ? exitWhenValid : exitCodes.negative,
    env,
  }
}

function verdictLines(verdict: PopulationVerdict, { env, notCompared }: Compared, screen: Screen): string[] {
  const { paint, width } = screen
  const { population, valid, nodes, checks, differences, rows, balance, durationMs } = verdict
  const word = valid ? paint.good('The population is right') : paint.bad('There are differences')
  return [
    `${word}   (${formatDuration(durationMs)})`,
    ...wrapText(`${sentenceOf({ spec: population, seedText: null })}:`, width),
    `${formatCount(rows)} rows, opening balances ${formatMinor(balance)} CNY`,
    '',
    ...tableLines(nodeColumns, nodes, { width, titleStyle: paint.faint }),
    ...(notCompared.length === 0
      ? []
      : [paint.caution(`Not compared, because they do not serve: ${notCompared.join(', ')}`)]),
    '',
    ...checks.flatMap((check) => checkLines(check, screen)),
    ...differenceLines(differences, screen),
    ...(valid ? [] : ['', ...nextStepLines(['corelab cluster verify', 'corelab status'], { env, screen })]),
  ]
}

const rowsOn = ({ tables }: NodeVerdict) => tables.reduce((sum, table) => sum + table.rows, 0)
const rowsWanted = ({ tables }: NodeVerdict) => tables.reduce((sum, table) => sum + table.expected, 0)

const nodeColumns: readonly Column<NodeVerdict>[] = [
  { title: 'NODE', cell: ({ node }) => node },
  { title: 'ROWS', align: 'right', cell: (node) => formatCount(rowsOn(node)) },
  { title: 'EXPECTED', align: 'right', cell: (node) => formatCount(rowsWanted(node)) },
  {
    title: 'ROWS ARE',
    cell: ({ equal, partsDiffering }) =>
      equal ? 'equal' : `different in ${formatCount(partsDiffering)} parts`,
  },
]

const violationsShownMax = 10
/** `DIFF  references  ` */
const labelWidth = 18

function checkLines(
  { name, valid, summary, violations }: PopulationCheck,
  { paint, width }: Screen,
): string[] {
  const shown = valid ? [summary] : violations.slice(0, violationsShownMax)
  const rest = violations.length - shown.length
  const [first = '', ...others] = [
    ...shown.flatMap((text) => wrapText(text, width - labelWidth)),
    ...(!valid && rest > 0 ? [`... and ${formatCount(rest)} more`] : []),
  ]
  const mark = valid ? paint.good('ok  ') : paint.bad('DIFF')
  return [`${mark}  ${name.padEnd(10)}  ${first}`, ...indented(others, labelWidth)]
}

const differencesShownMax = 20

/** Where each difference is: too wide for a table, so each has its lines. */
function differenceLines(differences: readonly RowDifference[], { paint, width }: Screen): string[] {
  const rest = differences.length - differencesShownMax
  return [
    ...differences.slice(0, differencesShownMax).flatMap((difference) => {
      const { node, table, entity, key, kind, column, expected, found } = difference
      return [
        '',
        paint.strong(`${node}  ${table}  ${kind}`),
        ...indented(
          labelled([
            ['key', `${entity} ${key}`],
            ...(column === null
              ? []
              : ([
                  ['column', column],
                  ['expected', expected ?? ''],
                  ['found', found ?? ''],
                ] as const)),
          ]).flatMap((line) => wrapText(line, width - 2)),
          2,
        ),
      ]
    }),
    ...(rest > 0 ? ['', `... and ${formatCount(rest)} more rows; --json has all that were located`] : []),
  ]
}
