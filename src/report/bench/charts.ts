import { LogHistogram } from '../../kit/log-histogram.js'
import type { BenchResult, HistogramData } from '../../model/bench-result.js'
import { windowOutcomes } from '../../model/window-outcomes.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import type { TimeChart } from '../time-chart.js'
import { renderChartPlace } from '../time-chart.js'

/** A run over time, and its latency by percentile. */
export function renderCharts(result: BenchResult): Html {
  if (result.load.series.length === 0)
    return html`<section id="timeline"><h2>Over time</h2><p class="aside">The run ended before its window began.</p></section>`
  const dropped = result.load.seriesDropped
  const older = dropped === 0 ? '' : ` The first ${dropped} points were dropped to bound memory.`
  const open = result.load.serviceTime !== null
  return html`<section id="timeline">
<h2>Over time</h2>
${renderChartPlace(rateChart(result), { title: 'Operations per second', caption: `Each point is one slice of the measured window.${older}` })}
${renderChartPlace(latencyChart(result), { title: 'Latency', caption: 'Logarithmic scale, of operations that ended OK.' })}
<h2 class="part">Latency by percentile</h2>
${renderChartPlace(percentileChart(result), {
  title: 'How long operations took',
  caption: open
    ? 'From the planned time, as a customer would wait; and from sending, which hides the wait for a free connection (coordinated omission).'
    : 'Service time: each connection asks again when it was answered, so waiting that a slow answer causes to others is not in it.',
})}
${renderPercentiles(result)}
</section>`
}

/** For the page's script. */
export function chartsOf(result: BenchResult): readonly TimeChart[] {
  if (result.load.series.length === 0) return []
  return [rateChart(result), latencyChart(result), percentileChart(result)]
}

function rateChart(result: BenchResult): TimeChart {
  const rate = (of: 'ok' | 'failed' | 'unknown') =>
    result.load.series.map((point) => (point[of] * 1000) / point.lengthMs)
  const mean = result.figure?.perSecond
  return {
    ...frameOf(result),
    id: 'chart-rate',
    yLabel: 'operations per second',
    unit: '/s',
    scale: 'linear',
    series: [
      { label: 'OK', tone: 'ok', shape: 'area', values: rate('ok') },
      { label: 'failed', tone: 'failed', shape: 'bars', values: rate('failed') },
      { label: 'unknown', tone: 'unknown', shape: 'bars', values: rate('unknown') },
      ...(mean === undefined
        ? []
        : [{ label: 'mean', tone: 'rows', shape: 'line', values: rate('ok').map(() => mean) } as const]),
    ],
  }
}

function latencyChart(result: BenchResult): TimeChart {
  const ms = (of: 'p50Us' | 'p99Us' | 'maxUs') =>
    result.load.series.map((point) => (point[of] === null ? null : (point[of] ?? 0) / 1000))
  return {
    ...frameOf(result),
    id: 'chart-latency',
    yLabel: 'milliseconds',
    unit: ' ms',
    scale: 'log',
    series: [
      { label: 'p50', tone: 'median', shape: 'line', values: ms('p50Us') },
      { label: 'p99', tone: 'tail', shape: 'line', values: ms('p99Us') },
      { label: 'max', tone: 'unknown', shape: 'line', values: ms('maxUs') },
    ],
  }
}

function frameOf({ load }: BenchResult) {
  return {
    xLabel: 'seconds of the measured window',
    xs: load.series.map((point) => (point.atMs + point.lengthMs / 2) / 1000),
    range: [0, Math.max(load.windowMs, 1) / 1000] as const,
    bands: [],
    marks: [],
    group: 'bench',
  }
}

const percentileTicks = [0, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999] as const

/** Each step to the right is one nine more; it ends where fewer than one operation would be left. */
function percentileChart({ load }: BenchResult): TimeChart {
  const nines = (percentile: number) => -Math.log10(1 - percentile / 100)
  const last = Math.log10(Math.max(2, load.latency.count))
  const ticks = percentileTicks
    .map((percentile) => ({ at: nines(percentile), label: `p${percentile}` }))
    .filter(({ at }) => at <= last)
  const steps = 60
  const grid = Array.from({ length: steps + 1 }, (_, step) => (last * step) / steps)
  const xs = [...new Set([...grid, ...ticks.map(({ at }) => at)])].sort((left, right) => left - right)
  const curve = (data: HistogramData) => {
    const histogram = LogHistogram.of(data)
    return xs.map((x) => (histogram.percentileUs(100 * (1 - 10 ** -x)) ?? 0) / 1000)
  }
  return {
    id: 'chart-percentiles',
    xLabel: 'percentile',
    yLabel: 'milliseconds',
    unit: ' ms',
    scale: 'log',
    xTicks: ticks,
    xs,
    range: [0, last],
    bands: [],
    marks: [],
    group: 'percentiles',
    series: [
      {
        label: load.serviceTime === null ? 'service time' : 'from the planned time',
        tone: 'median',
        shape: 'line',
        values: curve(load.latency),
      },
      ...(load.serviceTime === null
        ? []
        : [{ label: 'from sending', tone: 'tail', shape: 'line', values: curve(load.serviceTime) } as const]),
    ],
  }
}

const percentilesShown = [50, 95, 99, 99.9] as const

function renderPercentiles({ load }: BenchResult): Html {
  const rows = [
    ...load.classes,
    ...(load.classes.length > 1
      ? [{ ...windowOutcomes(load), name: 'all', latency: load.latency, errors: {} }]
      : []),
  ]
  const milliseconds = (us: number | null) => (us === null ? '' : `${(us / 1000).toPrecision(3)} ms`)
  return html`<div class="scroll"><table class="stacked">
<thead><tr><th>Operation</th><th class="number">OK</th><th class="number">Failed</th><th class="number">Unknown</th>${percentilesShown.map((each) => html`<th class="number">p${each}</th>`)}<th class="number">Max</th></tr></thead>
<tbody>${rows.map((row) => {
    const histogram = LogHistogram.of(row.latency)
    const ended = row.latency.count
    return html`<tr><th data-label="Operation">${row.name}${errorsOf(row.errors)}</th>
<td class="number" data-label="OK">${ended.toLocaleString('en-US')}</td>
<td class="number${row.failed > 0 ? ' bad' : ''}" data-label="Failed">${row.failed.toLocaleString('en-US')}</td>
<td class="number${row.unknown > 0 ? ' bad' : ''}" data-label="Unknown">${row.unknown.toLocaleString('en-US')}</td>
${percentilesShown.map((each) => html`<td class="number" data-label="p${each}">${milliseconds(histogram.percentileUs(each))}</td>`)}
<td class="number" data-label="Max">${milliseconds(row.latency.count === 0 ? null : row.latency.maxUs)}</td></tr>`
  })}</tbody></table></div>`
}

function errorsOf(errors: Readonly<Record<string, number>>): Html | null {
  const texts = Object.entries(errors).map(([name, count]) => `${name}: ${count.toLocaleString('en-US')}`)
  return texts.length === 0 ? null : html`<br><span class="breach">${texts.join(', ')}</span>`
}
