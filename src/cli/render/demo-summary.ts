import { relative } from 'node:path'
import type { TourResult } from '../../drills/tour/tour-options.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import type { CheckVerdict, FailoverFacts, ThroughputFigure, TourStep } from '../../model/demo-result.js'
import { formatGap, formatLatency } from '../../report/demo/quantity.js'
import { asTyped } from '../program-name.js'
import { shellQuoted } from '../shell-quoted.js'
import type { Screen } from '../terminal.js'
import { fitted, indented, wrapText } from './layout.js'
import { forEnv } from './next-steps.js'

/** Where the user stands, so that the suggested commands work from there. */
export interface SummaryPlace {
  readonly cwd: string
  readonly projectDir: string
}

const labelColumns = 11
/** A terminal of 24 rows, less the one of the prompt. */
const linesMax = 23

/** The tour on one screen of 80x24: verdict, evidence, figures, and how to go on. */
export function demoSummaryLines(result: TourResult, place: SummaryPlace, screen: Screen): string[] {
  const failedSteps = result.steps.filter(({ state }) => state === 'failed')
  const failures = failedSteps.map((step) => failedStepLine(step, screen))
  const head = [...verdictLines(result, screen), '']
  const tail = [
    ...(result.checks.length + failures.length === 0 ? [] : ['']),
    ...factLines(result, screen),
    '',
    ...nextLines(result, place, screen),
  ]
  const room = linesMax - head.length - failures.length - tail.length
  return [...head, ...checkLines(result.checks, room, screen), ...failures, ...tail]
}

function verdictLines(result: TourResult, { paint, width }: Screen): string[] {
  const word = { pass: paint.good('PASS'), fail: paint.bad('FAIL'), unknown: paint.caution('UNKNOWN') }
  const settings = `profile ${result.profile}, seed ${result.seed}, ${formatDuration(result.durationMs)}`
  return [
    `${word[result.verdict]}  ${paint.strong('Tour of the core')}   ${paint.faint(`(${settings})`)}`,
    ...indented(wrapText(result.verdictReason, width - 2), 2),
  ]
}

/** Each check has a line; where there is room, the ones that need it have more. */
function checkLines(checks: readonly CheckVerdict[], room: number, screen: Screen): string[] {
  let spare = room - checks.length
  return checks.flatMap((check) => {
    const whole = wrapText(`${check.name}: ${check.summary}`, screen.width - 4)
    const isWhole = whole.length - 1 <= spare
    if (isWhole) spare -= whole.length - 1
    const [first = '', ...rest] = isWhole ? whole : [fitted(whole.join(' '), screen.width - 4)]
    return [`  ${markOf(check, screen)} ${first}`, ...indented(rest, 4)]
  })
}

function markOf({ valid }: CheckVerdict, { paint, symbols }: Screen): string {
  if (valid === 'unknown') return paint.caution('?')
  return valid ? paint.good(symbols.ok) : paint.bad(symbols.failed)
}

function failedStepLine({ title, error }: TourStep, { paint, symbols, width }: Screen): string {
  const text = fitted(`${title}: ${error?.message ?? 'failed'}`, width - 5)
  return `  ${paint.bad(symbols.failed)} ${text}`
}

function factLines(result: TourResult, screen: Screen): string[] {
  const facts: (readonly [label: string, text: string | null])[] = [
    ['Failover', result.failover === null ? null : failoverText(result.failover)],
    ['Loaded', loadText(result)],
    ['Transfers', transferText(result)],
    ...result.figures.map((figure) => [figureLabel[figure.name], figureText(figure)] as const),
  ]
  return facts.map(([label, text]) => factLine(label, text ?? screen.paint.faint('not measured'), screen))
}

function factLine(label: string, text: string, { width }: Screen): string {
  return `  ${label.padEnd(labelColumns)}${fitted(text, width - labelColumns - 2)}`
}

function failoverText(failover: FailoverFacts): string {
  const parts = [
    `${failover.killedNode} killed`,
    failover.detectedAfterMs === null ? 'not noticed' : `noticed ${formatGap(failover.detectedAfterMs)}`,
    failover.newMaster === null || failover.promotedAfterMs === null
      ? 'nobody promoted'
      : `${failover.newMaster} master ${formatGap(failover.promotedAfterMs)}`,
    failover.writeGapMs === null ? 'no writes since' : `writes back ${formatGap(failover.writeGapMs)}`,
  ]
  return parts.join(', ')
}

function loadText({ load }: TourResult): string | null {
  if (load === null) return null
  const { customers, rows, durationMs, rowsPerSecond } = load
  if (rows === 0) return `${formatCount(customers)} customers, there already`
  return `${formatCount(customers)} customers, ${formatCount(rows)} rows in ${formatDuration(durationMs)} (${formatCount(rowsPerSecond)} rows/s)`
}

function transferText({ transfers }: TourResult): string | null {
  if (transfers === null) return null
  const { acknowledged, failed, unknown, unknownResolved } = transfers
  const resolved = unknownResolved.applied + unknownResolved.notApplied
  return `${formatCount(acknowledged)} acknowledged, ${formatCount(failed)} refused, ${formatCount(unknown)} unknown (${formatCount(resolved)} resolved)`
}

const figureLabel = { read: 'Reads', write: 'Writes' } as const

function figureText(figure: ThroughputFigure): string {
  const { operationsPerSecond, latency, connections, errors } = figure
  const failed = errors === 0 ? '' : `, ${formatCount(errors)} errors`
  return `${formatCount(operationsPerSecond)} QPS   p99 ${formatLatency(latency.p99Ms)}, ${connections} connections, closed loop${failed}`
}

function nextLines(result: TourResult, place: SummaryPlace, screen: Screen): string[] {
  const { paint, width } = screen
  const command = (text: string) => paint.action(asTyped(forEnv(inProject(text, place), result.env), screen))
  const report =
    result.reportDir === null
      ? 'could not be written'
      : shellQuoted(relative(place.cwd, `${result.reportDir}/report.html`))
  const next = result.running
    ? [
        ['Look', command('corelab status')],
        ['', command('corelab connect master')],
        ['Stop', command('corelab down --volumes')],
      ]
    : [['Again', command('corelab up')]]
  return [
    ...reportLines(report, width),
    ...next.map(([label = '', text = '']) => `  ${label.padEnd(labelColumns)}${text}`),
  ]
}

/** A path that is broken in two cannot be clicked or copied. */
function reportLines(report: string, width: number): string[] {
  const line = `  ${'Report'.padEnd(labelColumns)}${report}`
  return line.length <= width ? [line] : ['  Report', `  ${report}`]
}

/** Names the project when the user does not stand in it. */
function inProject(command: string, { cwd, projectDir }: SummaryPlace): string {
  const path = relative(projectDir, cwd)
  const inside = path === '' || !path.startsWith('..')
  return inside ? command : `${command} -C ${shellQuoted(relative(cwd, projectDir))}`
}
