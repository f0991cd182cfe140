import { join, relative } from 'node:path'
import { LogHistogram } from '../../../kit/log-histogram.js'
import { formatBytes, formatCount, formatDuration } from '../../../kit/units.js'
import type { BenchResult, HistogramData, ProcessShare } from '../../../model/bench-result.js'
import { dataText, transportText } from '../../../report/bench/conditions.js'
import { formatMicroseconds, formatRange, formatRate, formatShare } from '../../../report/bench/quantity.js'
import { asTyped } from '../../program-name.js'
import type { Screen } from '../../terminal.js'
import { fitted, indented, wrapText } from '../layout.js'
import { tableLines } from '../table.js'

/** Where the user stands, and where the result was saved. */
export interface BenchPlace {
  readonly dir: string
  readonly cwd: string
}

/** A run on one screen of 80x24: the figure with what it was measured under, or why there is none. */
export function benchRunLines(result: BenchResult, place: BenchPlace, screen: Screen): string[] {
  return [
    ...headLines(result, screen),
    '',
    ...classLines(result, screen),
    '',
    ...factLines(result, screen),
    '',
    ...shareLines(result, screen),
    '',
    ...checkLines(result, screen),
    '',
    ...fileLines(place, screen),
  ]
}

function headLines({ figure, notAFigure, title, scenario }: BenchResult, screen: Screen): string[] {
  const { paint, width } = screen
  const name = paint.strong(scenario)
  const about = indented(wrapText(title, width - 2), 2)
  if (figure === null)
    return [
      `${paint.bad('NO FIGURE')}  ${name}`,
      ...indented(wrapText(notAFigure ?? 'nothing was measured', width - 2), 2),
      ...about,
    ]
  const range = figure.perSecondInterval ? `  (95 %: ${formatRange(figure.perSecondInterval)})` : ''
  const probe = figure.capacityProbe ? `  ${paint.caution('capacity probe')}` : ''
  return [
    `${paint.strong(`${formatRate(figure.perSecond)} ${figure.unit}`)}  ${name}${range}${probe}`,
    ...about,
  ]
}

function classLines({ load }: BenchResult, { paint, width }: Screen): string[] {
  const rows = load.classes.map((each) => ({ ...each, latencies: percentiles(each.latency) }))
  type Row = (typeof rows)[number]
  const at = (title: string, pick: (row: Row) => string) => ({ title, align: 'right' as const, cell: pick })
  const lines = tableLines<Row>(
    [
      { title: 'OPERATION', cell: ({ name }) => name },
      at('PER SECOND', ({ ok }) => formatRate((ok * 1000) / Math.max(1, load.windowMs))),
      at('P50', ({ latencies }) => latencies.p50),
      at('P95', ({ latencies }) => latencies.p95),
      at('P99', ({ latencies }) => latencies.p99),
      at('MAX', ({ latencies }) => latencies.max),
      at('ERRORS', ({ failed, unknown }) => formatCount(failed + unknown)),
    ],
    rows,
    { width, titleStyle: paint.faint },
  )
  const errors = load.classes.flatMap((each) => Object.entries(each.errors))
  const worst = errors.sort(([, a], [, b]) => b - a).slice(0, 2)
  return [
    ...lines,
    ...worst.map(
      ([error, count]) => `  ${paint.caution(fitted(`${error}: ${formatCount(count)}`, width - 2))}`,
    ),
  ]
}

function percentiles(latency: HistogramData) {
  const histogram = LogHistogram.of(latency)
  const at = (percentile: number) => {
    const us = histogram.percentileUs(percentile)
    return us === null ? '-' : formatMicroseconds(us)
  }
  const max = latency.count === 0 ? '-' : formatMicroseconds(latency.maxUs)
  return { p50: at(50), p95: at(95), p99: at(99), max }
}

/** What the figure must not be read without. */
function factLines(result: BenchResult, screen: Screen): string[] {
  const { settings, load, attribution, host } = result
  const { schedule } = load
  const facts: (readonly [string, string] | null)[] = [
    ['Load', loadWords(result)],
    schedule && ['Schedule', scheduleWords(result)],
    ['Durability', settings.durability],
    ['Data', dataText(settings)],
    ['Host', `${host.cores} x ${host.cpuModel}, ${formatBytes(host.memoryBytes)}, ${databaseOf(result)}`],
    ['Noise', noiseWords(attribution)],
  ]
  return facts.flatMap((fact) => (fact ? factLine(fact[0], fact[1], screen) : []))
}

function factLine(label: string, text: string, { width, paint }: Screen): string[] {
  const column = 12
  const [first = '', ...rest] = wrapText(text, width - column)
  return [`${paint.faint(label.padEnd(column))}${first}`, ...indented(rest, column)]
}

function loadWords({ settings, load }: BenchResult): string {
  const clients = `${formatCount(settings.connections)} ${settings.connections === 1 ? 'client' : 'clients'}`
  const loop =
    settings.loop === 'closed' ? 'closed loop' : `open loop at ${formatCount(settings.ratePerSecond ?? 0)}/s`
  const threads = settings.workers === 1 ? '' : `, ${settings.workers} threads`
  return `${clients}, ${loop}, ${settings.driver} over ${transportText(settings.transport)}${threads}, ${formatDuration(load.windowMs)}, profile ${settings.profile}`
}

function scheduleWords({ load: { schedule, windowMs } }: BenchResult): string {
  if (schedule === null) return ''
  const begun = formatRate((schedule.begun * 1000) / Math.max(1, windowMs))
  return `${formatCount(schedule.planned)} planned, ${formatCount(schedule.begun)} begun (${begun}/s), ${formatCount(schedule.late)} late, ${formatCount(schedule.skipped)} skipped`
}

function databaseOf({ host, settings }: BenchResult): string {
  const threads = settings.serverThreads === undefined ? '' : `, threads: ${settings.serverThreads}`
  return `database ${host.versions.database ?? 'not known'}${threads}`
}

function noiseWords({ noise, hostBusyShare, hostStolenShare }: BenchResult['attribution']): string {
  const busy = hostBusyShare === null ? '' : `, host ${formatShare(hostBusyShare)} busy`
  const stolen = hostStolenShare === null ? '' : `, ${formatShare(hostStolenShare)} stolen`
  if (noise === null) return `not known${busy}${stolen}`
  return `${noise.verdict} (${noise.noisy} of ${noise.slices} seconds disturbed)${busy}${stolen}`
}

/** Processes that used next to nothing are not shown; they are in the data. */
const shownCpuUs = 0.05

function shareLines({ attribution }: BenchResult, { paint, width }: Screen): string[] {
  const shown = attribution.processes.filter(
    ({ cpuUsPerOperation }) => (cpuUsPerOperation ?? 0) >= shownCpuUs,
  )
  if (shown.length === 0) return []
  const lag = (share: ProcessShare) => {
    const lagMs = attribution.lagMaxMs[share.name]
    return lagMs === undefined || lagMs === null ? '' : formatDuration(lagMs)
  }
  const { fsyncsPerOperation } = attribution
  const syncs = (share: ProcessShare) =>
    share.role === 'master' && fsyncsPerOperation !== null ? fsyncsPerOperation.toFixed(2) : ''
  return tableLines<ProcessShare>(
    [
      { title: 'PER OPERATION', cell: nameOf },
      {
        title: 'CPU',
        align: 'right',
        cell: ({ cpuUsPerOperation: us }) => (us === null ? '-' : `${us.toFixed(1)} us`),
      },
      {
        title: 'SWITCHES',
        align: 'right',
        cell: ({ contextSwitchesPerOperation: each }) => (each === null ? '' : each.toFixed(2)),
      },
      { title: 'FSYNCS', align: 'right', cell: syncs },
      { title: 'LAG AT MOST', align: 'right', cell: lag },
    ],
    shown,
    { width, titleStyle: paint.faint },
  )
}

function nameOf({ name, role }: ProcessShare): string {
  return role === null ? name : `${name} (${role})`
}

function checkLines({ checks }: BenchResult, { paint, symbols, width }: Screen): string[] {
  return checks.flatMap(({ name, valid, summary }) => {
    const [first = '', ...rest] = wrapText(`${name}: ${summary}`, width - 2)
    const mark = valid ? paint.good(symbols.ok) : paint.bad(symbols.failed)
    return [`${mark} ${first}`, ...indented(rest, 2)]
  })
}

function fileLines({ dir, cwd }: BenchPlace, screen: Screen): string[] {
  const near = relative(cwd, dir)
  const shown = near === '' ? '.' : near.startsWith('..') ? dir : near
  return [
    `Report  ${screen.paint.action(join(shown, 'report.html'))}`,
    `        ${screen.paint.faint(asTyped('corelab bench compare', screen))}`,
  ].slice(0, 1)
}
