import type { DemoResult, FailoverFacts, TransferFacts } from '../../model/demo-result.js'
import type { TimeChart } from '../time-chart.js'

/** The time that the failover charts and the role lanes show, on the tour's clock. */
export function failoverRangeMs(result: DemoResult): readonly [number, number] {
  const transfers = result.transfers
  if (!transfers) return [0, Math.max(result.durationMs, 1)]
  const fromMs = Math.min(transfers.fromMs, transfers.points[0]?.atMs ?? transfers.fromMs)
  return [fromMs, Math.max(transfers.fromMs + transfers.durationMs, fromMs + 1)]
}

/** Zero of the failover charts: the SIGKILL, or the start of the load when there was none. */
export function failoverZeroMs(result: DemoResult): number {
  return result.failover?.killedAtMs ?? failoverRangeMs(result)[0]
}

export function throughputChart(result: DemoResult): TimeChart | null {
  const transfers = result.transfers
  if (!transfers || transfers.points.length === 0) return null
  return {
    ...frameOf(result, transfers),
    id: 'chart-throughput',
    yLabel: 'transfers per second',
    unit: '/s',
    scale: 'linear',
    series: [
      { label: 'OK', tone: 'ok', shape: 'area', values: transfers.points.map((each) => each.okPerSecond) },
      {
        label: 'failed',
        tone: 'failed',
        shape: 'bars',
        values: transfers.points.map((each) => each.failedPerSecond),
      },
      {
        label: 'unknown',
        tone: 'unknown',
        shape: 'bars',
        values: transfers.points.map((each) => each.unknownPerSecond),
      },
    ],
  }
}

export function latencyChart(result: DemoResult): TimeChart | null {
  const transfers = result.transfers
  if (!transfers || transfers.points.length === 0) return null
  return {
    ...frameOf(result, transfers),
    id: 'chart-latency',
    yLabel: 'milliseconds',
    unit: ' ms',
    scale: 'log',
    series: [
      { label: 'p50', tone: 'median', shape: 'line', values: transfers.points.map((each) => each.p50Ms) },
      { label: 'p99', tone: 'tail', shape: 'line', values: transfers.points.map((each) => each.p99Ms) },
    ],
  }
}

/** Rows loaded per second, from the start of the load. */
export function rowsChart(result: DemoResult): TimeChart | null {
  const points = result.load?.points ?? []
  const firstMs = points[0]?.atMs
  if (firstMs === undefined || points.length < 2) return null
  const xs = points.map((each) => (each.atMs - firstMs) / 1000)
  return {
    id: 'chart-rows',
    xLabel: 'seconds since the start of the load',
    yLabel: 'rows per second',
    unit: '/s',
    scale: 'linear',
    xs,
    range: [0, Math.max(...xs)],
    series: [
      { label: 'rows', tone: 'rows', shape: 'area', values: points.map((each) => each.rowsPerSecond) },
    ],
    bands: [],
    marks: [],
    group: 'rows',
  }
}

/** What the two charts over the failover share: the same axis, window and marks. */
function frameOf(result: DemoResult, transfers: TransferFacts) {
  const zeroMs = failoverZeroMs(result)
  const seconds = (ms: number) => (ms - zeroMs) / 1000
  const range = failoverRangeMs(result)
  const facts = result.failover
  const after = (label: string, afterMs: number | null) =>
    facts === null || afterMs === null ? [] : [{ at: seconds(facts.killedAtMs + afterMs), label }]
  return {
    xLabel: facts === null ? 'seconds since the start of the load' : 'seconds since SIGKILL',
    xs: transfers.points.map((each) => seconds(each.atMs + transfers.pointIntervalMs / 2)),
    range: [seconds(range[0]), seconds(range[1])] as const,
    bands: facts === null ? [] : [noWriteBand(facts, range[1], seconds)],
    marks: [
      ...after('kill', 0),
      ...after('detect', facts?.detectedAfterMs ?? null),
      ...after('promote', facts?.promotedAfterMs ?? null),
      ...after('publish', facts?.publishedAfterMs ?? null),
    ],
    group: 'failover',
  }
}

/** From the last OK to the next one, or to the end of the load when there was none. */
function noWriteBand(facts: FailoverFacts, endMs: number, seconds: (ms: number) => number) {
  const from = seconds(facts.lastOkAtMs ?? facts.killedAtMs)
  return { from, to: seconds(facts.firstOkAtMs ?? endMs), label: 'no write acknowledged' }
}
