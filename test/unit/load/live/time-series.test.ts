import { expect, test } from 'vitest'
import { OkGaps } from '../../../../src/load/live/ok-gaps.js'
import { TimeSeries } from '../../../../src/load/live/time-series.js'

const seriesFrom = (startMs: number, originMs = 0) => new TimeSeries({ originMs, startMs, intervalMs: 1000 })

test('a point holds the rates of its interval and tells its start on the caller’s clock', () => {
  const series = seriesFrom(5000, 2000)
  series.record('ok', 4, 5100)
  series.record('ok', 6, 5900)
  series.record('unknown', 100, 5950)
  series.record('failed', 1, 6100)

  const points = series.points(7000)

  expect(points).toMatchObject([
    { atMs: 3000, okPerSecond: 2, failedPerSecond: 0, unknownPerSecond: 1, p99Ms: expect.closeTo(6, 1) },
    { atMs: 4000, okPerSecond: 0, failedPerSecond: 1, unknownPerSecond: 0, p50Ms: null },
  ])
})

test('intervals in which nothing ended are points, not holes', () => {
  const series = seriesFrom(0)
  series.record('ok', 1, 100)
  series.record('ok', 1, 4500)

  expect(series.points(5000).map(({ okPerSecond }) => okPerSecond)).toEqual([1, 0, 0, 0, 1])
})

test('a last interval counts if it lasted for at least half its length, by its real length', () => {
  const long = seriesFrom(0)
  long.record('ok', 1, 1200)
  const short = seriesFrom(0)
  short.record('ok', 1, 1200)

  expect(long.finish(1500).map(({ okPerSecond }) => okPerSecond)).toEqual([0, 2])
  expect(short.finish(1300)).toHaveLength(1)
})

test('memory is bounded: beyond four hours of points the oldest are dropped and counted', () => {
  const series = seriesFrom(0)

  const points = series.points(15_000_000)

  expect(points).toHaveLength(14_400)
  expect(series.pointsDropped).toBe(600)
  expect(points[0]?.atMs).toBe(600_000)
})

test('the longest gap after a moment is found, also when thousands were forgotten', () => {
  const gaps = new OkGaps(1000)
  let nowMs = 1000
  const okAfter = (pauseMs: number) => {
    nowMs += pauseMs
    gaps.ok(nowMs)
  }
  okAfter(0)
  okAfter(900)
  okAfter(400)
  for (let each = 0; each < 5000; each++) okAfter(30)

  expect(gaps.longestAfter(0)).toEqual({ lastOkAtMs: 0, firstOkAtMs: 900 })
  expect(gaps.longestAfter(900)).toEqual({ lastOkAtMs: 900, firstOkAtMs: 1300 })
  expect(gaps.longestAfter(10_000_000)).toBeNull()
})
