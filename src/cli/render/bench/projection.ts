import { formatCount } from '../../../kit/units.js'
import type { ProjectedFigure, Projection } from '../../../load/projection/projection.js'
import { busyLevels, type DemandLevel, type DemandProfile } from '../../../load/projection/service-demand.js'
import type { TargetHost } from '../../../load/projection/target-host.js'
import type { Spread } from '../../../load/projection/unknowns.js'
import type { UslFit } from '../../../load/projection/usl.js'
import { formatRate, formatShare } from '../../../report/bench/quantity.js'
import { asTyped } from '../../program-name.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { tableLines } from '../table.js'

/**
 * What was measured and what is projected, in two tables under two titles: a projected number has a `~` and the colour of
 * caution wherever it stands, a measured one never.
 */
export function projectionLines(projection: Projection, screen: Screen): string[] {
  const { width } = screen
  return [
    ...measuredLines(projection, screen),
    '',
    ...projectedLines(projection, screen),
    ...projection.figures.flatMap((figure) => ['', ...figureLines(figure, projection.target, screen)]),
    '',
    ...noteLines(projection, width),
  ]
}

function measuredLines({ measured }: Projection, { paint, width }: Screen): string[] {
  const [first] = measured
  const host = first ? `${first.profile.host.cores} x ${first.profile.host.cpuModel}` : ''
  const rows = measured.flatMap(({ profile }) => profile.levels.map((level) => ({ profile, level })))
  type Row = { readonly profile: DemandProfile; readonly level: DemandLevel }
  const number = (title: string, cell: (row: Row) => string) => ({ title, align: 'right' as const, cell })
  const us = (value: number) => (value < 0.05 ? '' : value.toFixed(1))
  return [
    `${paint.strong('MEASURED')} on this host (${host}), CPU in us per operation`,
    ...tableLines<Row>(
      [
        { title: 'SCENARIO', cell: ({ profile }) => nameOf(profile.scenario, profile.transport) },
        number('CLIENTS', ({ level }) => formatCount(level.connections)),
        number('PER SECOND', ({ level }) => formatRate(level.perSecond)),
        number('CLIENT', ({ level }) => us(level.demandUs.client)),
        number('MASTER', ({ level }) => us(level.demandUs.master)),
        number('REPLICAS', ({ level }) => us(level.demandUs.replicas.reduce((sum, each) => sum + each, 0))),
        number('QLINK', ({ level }) => us(level.demandUs.qlink)),
        number('OTHERS', ({ level }) => us(level.demandUs.services + level.demandUs.unattributed)),
      ],
      rows,
      { width, titleStyle: paint.faint },
    ),
    ...measured.flatMap(({ profile, usl }) =>
      wrapText(`${profile.scenario}: ${driftWords(profile)}${curveWords(usl)}`, width).map(paint.faint),
    ),
  ]
}

function driftWords({ drift, levels }: DemandProfile): string {
  if (drift === null) return 'one busy level, so no drift of the demand is known'
  const busy = busyLevels(levels)
  return `CPU per operation ${signed(drift)} from ${busy[0]?.connections} to ${busy.at(-1)?.connections} clients`
}

/** Beyond it, the curve is not one that the law describes. */
const uslErrorMax = 0.25

function curveWords(usl: UslFit | null): string {
  if (usl === null) return ''
  const { peakConnections, relativeError } = usl
  const fit = `USL, error ${formatShare(relativeError)}; for this host only`
  if (relativeError > uslErrorMax) return `; no curve fits its levels (${fit})`
  const peak =
    peakConnections === null ? 'no peak within reach' : `peak at ${formatCount(peakConnections)} clients`
  return `; ${peak} (${fit})`
}

function projectedLines({ figures, target, speed }: Projection, { paint, width }: Screen): string[] {
  return [
    ...wrapText(
      `${paint.strong('PROJECTED, NOT MEASURED')} for ${target.name}: ${hostWords(target)}; one core there is ${factor(speed)} of one here, from ${speed.by}`,
      width,
    ),
    ...tableLines<ProjectedFigure>(
      [
        { title: 'FIGURE', cell: ({ figure, transport }) => nameOf(figure, transport) },
        {
          title: 'MEDIAN',
          align: 'right',
          cell: ({ perSecond }) => about(perSecond.median),
          style: paint.caution,
        },
        { title: '90 % INTERVAL', align: 'right', cell: interval, style: paint.caution },
        { title: 'PUBLISHED', align: 'right', cell: ({ goal, unit }) => `${formatCount(goal)} ${unit}` },
        {
          title: 'CHANCE',
          align: 'right',
          cell: ({ chanceOfGoal }) => chance(chanceOfGoal),
          style: paint.caution,
        },
      ],
      figures,
      { width, titleStyle: paint.faint },
    ),
  ]
}

function figureLines(figure: ProjectedFigure, target: TargetHost, screen: Screen): string[] {
  const { paint, width } = screen
  const { constraints, needed, goal, unit, notByCores, nextMeasurements } = figure
  const binding = constraints
    .filter(({ bindsShare }) => bindsShare >= 0.05)
    .map(({ name, bindsShare, perSecond }) => `${name} (${chance(bindsShare)}, ${interval({ perSecond })})`)
  const cores = needed.map(
    ({ pool, hosts, cores: spread }) =>
      `${range(spread, coreCount)} cores of this kind for ${pool}${hosts > 1 ? ` (${hosts} hosts together)` : ''}`,
  )
  const [best] = nextMeasurements
  const label = (text: string, value: string) => [
    paint.faint(text),
    ...indented(wrapText(value, width - 6), 4),
  ]
  const not = notByCores > 0.05 ? ` In ${chance(notByCores)} of the draws no number of cores is enough.` : ''
  return [
    paint.strong(nameOf(figure.figure, figure.transport)),
    ...indented(
      [
        ...label('limited by', binding.join('; ')),
        ...label(`${formatCount(goal)} ${unit} need`, `${cores.join('; ')}.${not}`),
        ...label(
          'most valuable next measurement',
          best
            ? `${best.what}: high over low from ${best.widthNow.toFixed(2)} to ${best.widthThen.toFixed(2)}${best.command ? `; ${asTyped(best.command, screen)}` : ''}`
            : 'none of those that are known narrows it by more than 2 %',
        ),
      ],
      2,
    ),
    ...(target.connections === 200
      ? []
      : indented([paint.faint(`with ${formatCount(target.connections)} clients`)], 2)),
  ]
}

function noteLines({ notes, leftOut, seed, draws }: Projection, width: number): string[] {
  const out = leftOut.length > 0 ? [`Left out: ${leftOut.length} results, e.g. ${leftOut[0]?.reason}.`] : []
  const all = [...notes, ...out, `Seed ${seed}, ${formatCount(draws)} draws; method: docs/projection.md.`]
  return all.flatMap((note) => wrapText(note, width))
}

function hostWords({ cores, threadsPerCore, layout, clients }: TargetHost): string {
  const each = layout === 'one-host' ? 'one host' : 'a host per node, each'
  const smt = threadsPerCore > 1 ? ' with SMT' : ''
  const kept = clients.share === null ? '' : `, ${formatShare(clients.share)} of them for clients`
  return `${each} of ${formatCount(cores)} cores${smt}, clients ${clients.where}${kept}`
}

/** Two digits are more than an interval of this width deserves; three keep medians apart. */
function rounded(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1)
  return Math.round(value / unit) * unit
}

function about(value: number): string {
  return `~${formatCount(rounded(value))}`
}

function interval({ perSecond }: { readonly perSecond: Spread }): string {
  return range(perSecond, (value) => formatCount(rounded(value)))
}

function range({ low, high }: Spread, format: (value: number) => string): string {
  return `~${format(low)} to ~${format(high)}`
}

function coreCount(cores: number): string {
  return cores < 9.5 ? cores.toFixed(1) : formatCount(rounded(cores))
}

function factor({ median, low, high }: Spread): string {
  return `~${median.toFixed(2)} (~${low.toFixed(2)} to ~${high.toFixed(2)})`
}

function chance(share: number): string {
  return `${Math.round(share * 100)} %`
}

function nameOf(name: string, transport: string): string {
  return `${name} ${transport === 'unix-socket' ? 'socket' : transport}`
}

function signed(share: number): string {
  return `${share >= 0 ? '+' : '-'}${formatShare(Math.abs(share))}`
}
