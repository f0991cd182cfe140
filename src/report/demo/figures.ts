import { formatBytes, formatCount, formatDuration } from '../../kit/units.js'
import type { DemoResult, LatencySummary, ThroughputFigure } from '../../model/demo-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { renderChartPlace } from '../time-chart.js'
import { rowsChart } from './load-charts.js'
import { formatLatency } from './quantity.js'

/** Measured numbers; none stands without the settings that make it comparable. */
export function renderFigures(result: DemoResult): Html {
  return html`<section id="figures">
<h2>Figures of this host</h2>
${result.figures.length === 0 ? html`<p class="aside">Nothing was measured.</p>` : renderTable(result.figures)}
${renderLoad(result)}
</section>`
}

const columns = ['Figure', 'Per second', 'Latency', 'Errors', 'Load', 'Durability', 'Data'] as const

function renderTable(figures: readonly ThroughputFigure[]): Html {
  return html`<div class="scroll"><table class="stacked">
<thead><tr>${columns.map((column) => html`<th>${column}</th>`)}</tr></thead>
<tbody>${figures.map(renderFigure)}</tbody></table></div>`
}

function renderFigure(figure: ThroughputFigure): Html {
  const resident = figure.dataBytes <= figure.bufferPoolBytes ? 'fits in' : 'larger than'
  return html`<tr>
<th data-label="Figure">${figure.name === 'read' ? 'Reads' : 'Writes'}<br><code>${figure.statement}</code></th>
<td data-label="Per second" class="big">${formatCount(figure.operationsPerSecond)}</td>
<td data-label="Latency">${latencyText(figure.latency)}</td>
<td data-label="Errors" class="${figure.errors === 0 ? '' : 'bad'}">${formatCount(figure.errors)}</td>
<td data-label="Load">${figure.loop} loop, ${figure.connections} connections${placeOf(figure)}, ${formatDuration(figure.durationMs)}, ${figure.driver}</td>
<td data-label="Durability">${figure.durability}</td>
<td data-label="Data">${formatBytes(figure.dataBytes)}, ${resident} the buffer pool of ${formatBytes(figure.bufferPoolBytes)}</td>
</tr>`
}

function placeOf({ nodes }: ThroughputFigure): string {
  return nodes === undefined ? '' : ` to ${nodes.join(' and ')}`
}

function latencyText(latency: LatencySummary): Html {
  const parts: readonly (readonly [string, number])[] = [
    ['p50', latency.p50Ms],
    ['p95', latency.p95Ms],
    ['p99', latency.p99Ms],
    ['max', latency.maxMs],
  ]
  return html`${parts.map(([name, value]) => html`<span class="pair"><i>${name}</i> ${formatLatency(value)}</span> `)}`
}

function renderLoad(result: DemoResult): Html | null {
  const load = result.load
  if (!load) return null
  const people = `${formatCount(load.customers)} customers, ${formatCount(load.accounts)} accounts`
  if (load.rows === 0) return html`<p class="aside">Population: ${people}, there from an earlier run.</p>`
  const chart = rowsChart(result)
  const caption = `${formatCount(load.rows)} rows (${people}) in ${formatDuration(load.durationMs)}: ${formatCount(load.rowsPerSecond)} rows per second.`
  if (chart) return renderChartPlace(chart, { title: 'Rows loaded per second', caption })
  return html`<p class="aside">Population: ${caption}</p>`
}
