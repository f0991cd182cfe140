import type { DrillLoadFacts, DrillResult } from '../../model/drill-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { renderSpans } from '../spans.js'
import type { TimeChart } from '../time-chart.js'
import { renderChartPlace } from '../time-chart.js'

/** Beyond this many changes each is one mark, not a chain of them. */
const chainsMarkedMax = 3

/** What clients, nodes and faults did, on one time axis. */
export function renderTimeline(result: DrillResult): Html {
  const throughput = throughputChart(result)
  const latency = latencyChart(result)
  if (!throughput || !latency)
    return html`<section id="timeline"><h2>Timeline</h2><p class="aside">No clients were at work.</p></section>`
  const intervalMs = result.load?.pointIntervalMs ?? 0
  return html`<section id="timeline">
<h2>Timeline</h2>
${renderChartPlace(throughput, { title: 'Writes per second', caption: `All clients together, in intervals of ${intervalMs} ms. Shaded: a fault was in force.` })}
${renderChartPlace(latency, { title: 'Latency of acknowledged writes', caption: 'Logarithmic scale. In an interval without an OK there is no point.' })}
${renderLanes(result)}
</section>`
}

export function throughputChart(result: DrillResult): TimeChart | null {
  const { load } = result
  if (!load || load.points.length === 0) return null
  const values = (of: 'okPerSecond' | 'failedPerSecond' | 'unknownPerSecond') =>
    load.points.map((each) => each[of])
  return {
    ...frameOf(result, load),
    id: 'chart-throughput',
    yLabel: 'writes per second',
    unit: '/s',
    scale: 'linear',
    series: [
      { label: 'OK', tone: 'ok', shape: 'area', values: values('okPerSecond') },
      { label: 'failed', tone: 'failed', shape: 'bars', values: values('failedPerSecond') },
      { label: 'unknown', tone: 'unknown', shape: 'bars', values: values('unknownPerSecond') },
    ],
  }
}

export function latencyChart(result: DrillResult): TimeChart | null {
  const { load } = result
  if (!load || load.points.length === 0) return null
  return {
    ...frameOf(result, load),
    id: 'chart-latency',
    yLabel: 'milliseconds',
    unit: ' ms',
    scale: 'log',
    series: [
      { label: 'p50', tone: 'median', shape: 'line', values: load.points.map((each) => each.p50Ms) },
      { label: 'p99', tone: 'tail', shape: 'line', values: load.points.map((each) => each.p99Ms) },
    ],
  }
}

/** Zero of the axis: the first fault or change, else the beginning of the load. */
export function zeroMsOf(result: DrillResult): number {
  return result.faults[0]?.fromMs ?? result.changes[0]?.detectedAtMs ?? rangeMsOf(result)[0]
}

function rangeMsOf({ load, durationMs }: DrillResult): readonly [number, number] {
  if (!load) return [0, Math.max(durationMs, 1)]
  const fromMs = Math.min(load.fromMs, load.points[0]?.atMs ?? load.fromMs)
  return [fromMs, Math.max(load.fromMs + load.durationMs, fromMs + 1)]
}

function frameOf(result: DrillResult, load: DrillLoadFacts) {
  const zeroMs = zeroMsOf(result)
  const range = rangeMsOf(result)
  const seconds = (ms: number) => (ms - zeroMs) / 1000
  const mark = (label: string, atMs: number | null) => (atMs === null ? [] : [{ at: seconds(atMs), label }])
  const detailed = result.changes.length <= chainsMarkedMax
  return {
    xLabel: result.faults.length > 0 ? 'seconds since the first fault' : 'seconds since the first change',
    xs: load.points.map((each) => seconds(each.atMs + load.pointIntervalMs / 2)),
    range: [seconds(range[0]), seconds(range[1])] as const,
    bands: result.faults.map((fault) => ({
      from: seconds(fault.fromMs),
      to: seconds(fault.toMs ?? range[1]),
      label: fault.title,
    })),
    marks: result.changes.flatMap((change) =>
      detailed
        ? [
            ...mark('detect', change.detectedAtMs),
            ...mark(`publish ${change.newMaster ?? ''}`, change.publishedAtMs),
            ...mark('first OK', change.firstOkAtMs),
          ]
        : mark(change.newMaster ?? '', change.publishedAtMs),
    ),
    group: 'drill',
  }
}

/** More faults than this share a lane. */
const lanesMax = 6

const knownRoles = ['master', 'shadow', 'slave-1', 'slave-2', 'quarantined'] as const

/** One lane per node with its role, and one with the faults, under the charts. */
function renderLanes(result: DrillResult): Html {
  const range = rangeMsOf(result)
  const zeroMs = zeroMsOf(result)
  const at = (ms: number) => `${((ms - zeroMs) / 1000).toFixed(2)} s`
  const nodes = [...new Set(result.roles.map((span) => span.node))].sort()
  const seen = knownRoles.filter((role) => result.roles.some((span) => span.role === role))
  const faults = result.faults.map((fault) => ({
    fromMs: fault.fromMs,
    // Also the shortest fault leaves a mark.
    toMs: Math.max(fault.toMs ?? range[1], fault.fromMs + (range[1] - range[0]) * 0.004),
    label: fault.title,
    tone: 'fault',
    hint: `${fault.title}: from ${at(fault.fromMs)} to ${fault.toMs === null ? 'the end' : at(fault.toMs)}`,
  }))
  return html`<figure class="chart lanes">
<figcaption><h3>Roles and faults</h3><p>A node keeps its name; its role moves. Only the master takes writes; a quarantined node serves nothing.</p></figcaption>
${nodes.map((node) => {
  const spans = result.roles
    .filter((span) => span.node === node)
    .map((span) => ({
      fromMs: span.fromMs,
      toMs: span.toMs,
      label: span.role,
      tone: knownRoles.some((role) => role === span.role) ? `role-${span.role}` : 'role-other',
      hint: `${span.node}: ${span.role} from ${at(span.fromMs)} to ${at(span.toMs)}`,
    }))
  return html`<div class="lane"><span class="name">${node}</span>${renderSpans(spans, range, 24)}</div>`
})}
${(faults.length > lanesMax ? [faults] : faults.map((fault) => [fault])).map(
  (lane) =>
    html`<div class="lane"><span class="name">${lane.length > 1 ? 'faults' : 'fault'}</span>${renderSpans(lane, range, 20)}</div>`,
)}
<p class="legend">${seen.map((role) => html`<span class="key role-${role}">${role}</span>`)}</p>
</figure>`
}
