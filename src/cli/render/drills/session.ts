import { relative } from 'node:path'
import type { DrillOutcome } from '../../../drills/run/drill-options.js'
import type { SessionOutcome } from '../../../drills/session/run-session.js'
import { formatCount, formatDuration } from '../../../kit/units.js'
import type { CheckVerdict } from '../../../model/demo-result.js'
import type { DrillResult, DrillVerdict, MasterChange } from '../../../model/drill-result.js'
import { formatGap } from '../../../report/demo/quantity.js'
import { asTyped } from '../../program-name.js'
import { shellQuoted } from '../../shell-quoted.js'
import type { Screen } from '../../terminal.js'
import { fitted, indented, wrapText } from '../layout.js'

export interface SessionPlace {
  readonly cwd: string
  readonly env: string
}

/** A terminal of 24 rows, less the one of the prompt. */
const linesMax = 23
const labelColumns = 9

/** One drill in detail; several with a line each. Fits 80x24 for up to a dozen drills. */
export function sessionLines(outcome: SessionOutcome, place: SessionPlace, screen: Screen): string[] {
  const [only, ...more] = outcome.drills
  if (only && more.length === 0) return drillLines(only, place, screen)
  const rows = outcome.drills.flatMap(({ result }) => summaryLines(result, screen))
  const report = shellQuoted(relative(place.cwd, outcome.reportDir) || '.')
  return [...rows, '', countLine(outcome.drills, screen), fact('Reports', report)]
}

function countLine(drills: readonly DrillOutcome[], { paint }: Screen): string {
  const count = (verdict: DrillVerdict) => drills.filter(({ result }) => result.verdict === verdict).length
  const parts = [
    [count('pass'), 'passed', paint.good],
    [count('fail'), 'failed', paint.bad],
    [count('unknown'), 'unknown', paint.caution],
  ] as const
  return `  ${parts.map(([number, word, colour]) => (number > 0 ? colour(`${number} ${word}`) : `0 ${word}`)).join(', ')}`
}

function summaryLines(result: DrillResult, screen: Screen): string[] {
  const head = `${verdictWord(result.verdict, screen)} ${result.id} ${result.name.padEnd(22)}`
  const plainLength = 8 + result.id.length + 1 + 22 + 1
  const text = wrapText(result.verdictReason, screen.width - 2)
  return result.verdict === 'pass'
    ? [`${head} ${fitted(gapText(result), screen.width - plainLength)}`]
    : [head, ...indented(text, 2)]
}

function verdictWord(verdict: DrillVerdict, { paint }: Screen): string {
  const words = {
    pass: paint.good('PASS   '),
    fail: paint.bad('FAIL   '),
    unknown: paint.caution('UNKNOWN'),
  }
  return words[verdict]
}

function drillLines(
  { result, reportDir, kept }: DrillOutcome,
  place: SessionPlace,
  screen: Screen,
): string[] {
  const { paint } = screen
  const settings = `seed ${result.seed}, ${formatDuration(result.durationMs)}${result.quick ? ', quick' : ''}`
  const head = [
    `${verdictWord(result.verdict, screen).trimEnd()}  ${paint.strong(`${result.id} ${result.name}`)}   ${paint.faint(`(${settings})`)}`,
    ...indented(wrapText(result.verdictReason, screen.width - 2), 2),
    '',
  ]
  const tail = [
    '',
    ...factLines(result, screen.width),
    '',
    ...endLines(result, { reportDir, kept, place }, screen),
  ]
  const failures = result.steps.flatMap((step) =>
    step.state === 'failed'
      ? [
          `  ${paint.bad(screen.symbols.failed)} ${fitted(`${step.title}: ${step.error?.message ?? ''}`, screen.width - 5)}`,
        ]
      : [],
  )
  const room = Math.max(0, linesMax - head.length - tail.length - failures.length)
  return [...head, ...checkLines(result.checks, room, screen), ...failures, ...tail]
}

/** What is not well comes first; what does not fit is counted. */
function checkLines(checks: readonly CheckVerdict[], room: number, screen: Screen): string[] {
  const rank = ({ valid }: CheckVerdict) => (valid === false ? 0 : valid === 'unknown' ? 1 : 2)
  const sorted = [...checks].sort((left, right) => rank(left) - rank(right))
  const shown = sorted.length <= room ? sorted : sorted.slice(0, Math.max(0, room - 1))
  const rest = sorted.length - shown.length
  return [
    ...shown.map(
      (check) => `  ${markOf(check, screen)} ${fitted(`${check.name}: ${check.summary}`, screen.width - 4)}`,
    ),
    ...(rest > 0 ? [`    ${screen.paint.faint(`and ${rest} more that are in the report`)}`] : []),
  ]
}

function markOf({ valid }: CheckVerdict, { paint, symbols }: Screen): string {
  if (valid === 'unknown') return paint.caution('?')
  return valid ? paint.good(symbols.ok) : paint.bad(symbols.failed)
}

function factLines(result: DrillResult, width: number): string[] {
  return [
    ...wrappedFact('Writes', ledgerText(result), width),
    ...wrappedFact('Gap', gapText(result), width),
    ...(result.changes.length < 2 ? [] : wrappedFact('Changes', distributionText(result.changes), width)),
    ...(result.changes.length === 1 ? wrappedFact('Chain', chainText(result.changes), width) : []),
  ]
}

function ledgerText({ ledger }: DrillResult): string {
  if (!ledger) return 'not checked'
  const { foundApplied, appliedThen, appliedAtEnd, absentAtEnd } = ledger.unknown
  const unknown = foundApplied + appliedThen + appliedAtEnd + absentAtEnd
  return `${formatCount(ledger.acknowledged)} acknowledged, ${formatCount(ledger.lost)} lost, ${formatCount(ledger.duplicated)} doubled, ${formatCount(unknown)} unknown (resolved)`
}

function gapText({ longestGap, changes }: DrillResult): string {
  if (!longestGap) return changes.length === 0 ? 'no pause worth a word' : 'not measured'
  const gap = `${formatGap(longestGap.firstOkAtMs - longestGap.lastOkAtMs)} without an OK at most`
  return changes.length === 0
    ? gap
    : `${gap}, ${changes.length === 1 ? '1 change' : `${changes.length} changes`} of the master`
}

/** How long nobody got an OK around each change of the master. */
function distributionText(changes: readonly MasterChange[]): string {
  const gaps = changes
    .flatMap(({ gapMs }) => (gapMs === null ? [] : [gapMs]))
    .sort((left, right) => left - right)
  const at = (share: number) =>
    formatGap(gaps[Math.min(gaps.length - 1, Math.ceil(share * gaps.length) - 1)] ?? 0)
  return gaps.length === 0
    ? 'not measured'
    : `${gaps.length} measured: median ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}`
}

/** From the fault on. */
function chainText(changes: readonly MasterChange[]): string {
  const [first] = changes
  if (!first) return ''
  const zeroMs = first.faultAtMs ?? first.detectedAtMs ?? first.publishedAtMs
  const after = (name: string, atMs: number | null) =>
    atMs === null ? [] : [`${name} ${formatGap(Math.max(0, atMs - zeroMs))}`]
  const wanted = ['seal', 'drain', 'open']
  return [
    ...after('detect', first.detectedAtMs),
    ...first.steps
      .filter(({ name }) => wanted.includes(name))
      .flatMap(({ name, endedAtMs }) => after(name, endedAtMs)),
    ...after('publish', first.publishedAtMs),
    ...after('first OK', first.firstOkAtMs),
  ].join(', ')
}

function endLines(
  result: DrillResult,
  end: { readonly reportDir: string; readonly kept: boolean; readonly place: SessionPlace },
  screen: Screen,
): string[] {
  const { paint, width } = screen
  const command = (text: string) => paint.action(asTyped(text, screen))
  const path = shellQuoted(relative(end.place.cwd, `${end.reportDir}/report.html`))
  const report = fact('Report', path).length <= width ? [fact('Report', path)] : ['  Report', `  ${path}`]
  return [
    ...report,
    fact('Again', command(result.command)),
    ...(end.kept
      ? [
          fact('Look', command(`corelab status -e ${end.place.env}`)),
          fact('Away', command(`corelab down -e ${end.place.env} --volumes`)),
        ]
      : []),
  ]
}

function fact(label: string, text: string): string {
  return `  ${label.padEnd(labelColumns)}${text}`
}

function wrappedFact(label: string, text: string, width: number): string[] {
  const [first = '', ...rest] = wrapText(text, width - labelColumns - 2)
  return [fact(label, first), ...indented(rest, labelColumns + 2)]
}
