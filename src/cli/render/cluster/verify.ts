import type {
  TableDifference,
  VerifiedNode,
  VerifyCheck,
  VerifyResult,
} from '../../../cluster/verify/verify-tools.js'
import { exitCodes } from '../../../kit/exit-codes.js'
import { formatCount, formatDuration } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { nextStepLines } from '../next-steps.js'
import type { Column } from '../table.js'
import { tableLines } from '../table.js'

/** Exit status 1 when anything differs. */
export function verifyAnswer(result: VerifyResult, env: string): Answer {
  return {
    data: result,
    lines: (screen) => verifyLines(result, env, screen),
    exit: result.valid ? exitCodes.ok : exitCodes.negative,
    env,
  }
}

function verifyLines(result: VerifyResult, env: string, screen: Screen): string[] {
  const { paint, width } = screen
  const verdict = result.valid ? paint.good('All nodes are equal') : paint.bad('There are differences')
  return [
    `${verdict}   (epoch ${result.epoch}, ${formatDuration(result.durationMs)})`,
    ...hanging(`Position ${spaced(result.position)}`, 9, width),
    '',
    ...tableLines(nodeColumns, result.nodes, { width, titleStyle: paint.faint }),
    '',
    ...result.checks.flatMap((check) => checkLines(check, screen)),
    ...(result.differences.length === 0
      ? []
      : ['', ...tableLines(differenceColumns, result.differences, { width, titleStyle: paint.faint })]),
    ...nextLines(result, env, screen),
  ]
}

/** The sets of MySQL are long, and have no blanks to be wrapped at. */
function spaced(position: string): string {
  return position.replaceAll(/,(?=\S)/g, ', ')
}

function hanging(text: string, columns: number, width: number): string[] {
  const [first = '', ...others] = wrapText(text, width - columns)
  return [first, ...indented(others, columns)]
}

const nodeColumns: readonly Column<VerifiedNode>[] = [
  { title: 'NODE', cell: ({ node }) => node },
  { title: 'ROLE', cell: ({ role }) => role },
  { title: 'COMPARED', cell: ({ compared }) => (compared ? 'yes' : 'no') },
  {
    title: 'STOOD FOR',
    align: 'right',
    cell: ({ pausedMs }) => (pausedMs === 0 ? '-' : formatDuration(pausedMs)),
  },
]

const violationsShownMax = 10

function checkLines({ name, valid, summary, violations }: VerifyCheck, { paint, width }: Screen): string[] {
  const shown = valid ? [summary] : violations.slice(0, violationsShownMax)
  const rest = violations.length - violationsShownMax
  const lines = [
    ...shown.flatMap((text) => wrapText(spaced(text), width - labelWidth)),
    ...(rest > 0 ? [`... and ${formatCount(rest)} more`] : []),
  ]
  const [first = '', ...others] = lines
  const mark = valid ? paint.good('ok  ') : paint.bad('DIFF')
  return [`${mark}  ${name.padEnd(8)}  ${first}`, ...indented(others, labelWidth)]
}

/** `DIFF  position  ` */
const labelWidth = 16

const differenceColumns: readonly Column<TableDifference>[] = [
  { title: 'NODE', cell: ({ node }) => node },
  { title: 'TABLE', cell: ({ table }) => table },
  { title: 'WHAT', cell: ({ kind }) => kind },
  {
    title: 'ROWS',
    align: 'right',
    cell: ({ kind, rows }) => (kind === 'rows' ? `${rows.master}/${rows.node}` : ''),
  },
  { title: 'KEYS', cell: ({ keys, range }) => keysText(keys) || rangeText(range) },
]

function keysText(keys: TableDifference['keys']): string {
  return keys.map(({ key, kind }) => `(${key}) ${kind}`).join(', ')
}

function rangeText({ from, to }: TableDifference['range']): string {
  return from === null && to === null ? '' : `${from ?? 'beginning'} to ${to ?? 'end'}`
}

function nextLines({ nodes, differences, valid }: VerifyResult, env: string, screen: Screen): string[] {
  if (valid) return []
  const bad = new Set(differences.map(({ node }) => node))
  const commands = nodes
    .filter(({ node, role }) => bad.has(node) && role.startsWith('slave'))
    .map(({ node }) => `corelab cluster rejoin ${node} --mode reclone   (copies another slave)`)
  return ['', ...nextStepLines([...commands, 'corelab status'], { env, screen })]
}
