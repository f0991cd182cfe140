import type { BenchResult } from '../../model/bench-result.js'
import { isSameDataSize } from '../../model/data-size.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import type { TimeChart } from '../time-chart.js'
import { renderChartPlace } from '../time-chart.js'
import { formatRange, formatRate } from './quantity.js'

/** One number of connections, and what the host did with it. */
export interface ScalingPoint {
  readonly connections: number
  readonly perSecond: number
  readonly interval: readonly [number, number] | null
  readonly id: string
}

/** The figures among `results` that differ from `of` in connections and threads only; the newest of each, in order. */
export function scalingOf(of: BenchResult, results: readonly BenchResult[]): readonly ScalingPoint[] {
  const newest = new Map<number, BenchResult>()
  for (const each of [...results, of].toSorted((left, right) => (left.startedAt < right.startedAt ? -1 : 1)))
    if (each.figure !== null && isSameBesideConnections(of, each)) newest.set(each.settings.connections, each)
  return [...newest.values()]
    .toSorted((left, right) => left.settings.connections - right.settings.connections)
    .flatMap(({ figure, settings, id }) =>
      figure === null
        ? []
        : [
            {
              connections: settings.connections,
              perSecond: figure.perSecond,
              interval: figure.perSecondInterval,
              id,
            },
          ],
    )
}

export function renderScaling(points: readonly ScalingPoint[]): Html | null {
  const chart = scalingChart(points)
  if (chart === null) return null
  return html`<section id="scaling">
<h2>Scaling curve</h2>
${renderChartPlace(chart, { title: 'Operations per second by connections', caption: 'Separate runs of this host with the same settings; low and high are the interval within each run. It says how this host behaves with more users, not what another host would do.' })}
<div class="scroll"><table class="stacked"><thead><tr><th class="number">Connections</th><th class="number">Per second</th><th class="number">Interval</th><th>Run</th></tr></thead>
<tbody>${points.map(
    (point) =>
      html`<tr><td class="number" data-label="Connections">${point.connections}</td><td class="number" data-label="Per second">${formatRate(point.perSecond)}</td>
<td class="number" data-label="Interval">${point.interval === null ? '' : formatRange(point.interval)}</td><td data-label="Run">${point.id}</td></tr>`,
  )}</tbody></table></div>
</section>`
}

/** null with fewer than two points. */
export function scalingChart(points: readonly ScalingPoint[]): TimeChart | null {
  if (points.length < 2) return null
  // Doublings at equal distances: 8, 50 and 200 connections are then as far apart as they feel.
  const at = (connections: number) => Math.log2(Math.max(1, connections))
  const xs = points.map(({ connections }) => at(connections))
  return {
    id: 'chart-scaling',
    xLabel: 'connections',
    yLabel: 'operations per second',
    unit: '/s',
    scale: 'linear',
    xTicks: points.map(({ connections }) => ({ at: at(connections), label: String(connections) })),
    xs,
    range: [Math.max(0, (xs[0] ?? 0) - 0.3), (xs.at(-1) ?? 1) + 0.3],
    bands: [],
    marks: [],
    group: 'scaling',
    series: [
      { label: 'mean', tone: 'ok', shape: 'line', values: points.map(({ perSecond }) => perSecond) },
      {
        label: 'low',
        tone: 'rows',
        shape: 'line',
        values: points.map(({ interval }) => interval?.[0] ?? null),
      },
      {
        label: 'high',
        tone: 'tail',
        shape: 'line',
        values: points.map(({ interval }) => interval?.[1] ?? null),
      },
    ],
  }
}

function isSameBesideConnections(one: BenchResult, other: BenchResult): boolean {
  const key = ({ scenario, settings, host }: BenchResult) =>
    JSON.stringify([
      scenario,
      [settings.profile, settings.driver, settings.transport, settings.loop, settings.customers],
      [settings.bufferPoolBytes, settings.durability],
      [host.hostname, host.cpuModel, host.cores],
    ])
  return key(one) === key(other) && isSameDataSize(one.settings.dataBytes, other.settings.dataBytes)
}
