import { expect, test } from 'vitest'
import { figureOf } from '../../../../src/load/bench/figure-of.js'
import { defaultWishes } from '../../../../src/load/bench/run-wishes.js'
import type { LoadRecord } from '../../../../src/load/engine/load-record.js'
import { planOf } from '../../../../src/load/scenarios/scenario.js'

const latency = { count: 0, sumUs: 0, maxUs: 0, buckets: [] }

function recordOf(overrides: Partial<LoadRecord> = {}): LoadRecord {
  const second = (index: number, ok: number) => ({
    ...{ atMs: index * 1000, lengthMs: 1000, ok, failed: 0, unknown: 0 },
    ...{ p50Us: 100, p99Us: 200, maxUs: 300 },
  })
  return {
    plan: planOf(defaultWishes, { name: 'idle', params: null }),
    ended: 'time',
    startedAt: '2026-01-01T00:00:00.000Z',
    windowMs: 10_000,
    classes: [{ name: 'read', ok: 50_000, failed: 0, unknown: 0, latency, errors: {} }],
    latency,
    serviceTime: null,
    series: Array.from({ length: 10 }, (_, index) => second(index, 4900 + index * 20)),
    seriesDropped: 0,
    schedule: null,
    total: { ok: 60_000, failed: 0, unknown: 0 },
    abandoned: 0,
    counted: {},
    clientCpuMs: 1000,
    ...overrides,
  }
}

const holds = { name: 'rows', valid: true, summary: 'all there' }

test('a run whose checks hold is a figure, with the interval of its seconds around it', () => {
  const { figure, notAFigure } = figureOf('QPS', recordOf(), [holds])

  expect(notAFigure).toBeNull()
  expect(figure).toMatchObject({ unit: 'QPS', perSecond: 5000, capacityProbe: false })
  const [low, high] = figure?.perSecondInterval ?? [0, 0]
  expect(low).toBeGreaterThan(4800)
  expect(low).toBeLessThan(5000)
  expect(high).toBeGreaterThan(4990)
})

test('what fails its verification is no figure, however fast it was', () => {
  const planted = { name: 'rows', valid: false, summary: '3 acknowledged rows are missing' }

  expect(figureOf('QPS', recordOf(), [holds, planted])).toEqual({
    figure: null,
    notAFigure: 'rows: 3 acknowledged rows are missing',
  })
})

test.each([
  ['cancelled', 'cancelled after 3.0 s of 10 s'],
  ['error-budget', 'too many errors, stopped after 3.0 s of 10 s'],
  ['thread-died', 'a thread of the load died after 3.0 s of 10 s'],
  ['crashed', 'the command died without a word after 3.0 s of 10 s: killed, or out of memory'],
] as const)('a run that ended by %s is no figure', (ended, reason) => {
  expect(figureOf('TPS', recordOf({ ended, windowMs: 3000 }), [holds])).toEqual({
    figure: null,
    notAFigure: reason,
  })
})

test('a run that was stopped in order is a shorter one', () => {
  expect(figureOf('QPS', recordOf({ ended: 'stopped', windowMs: 5000 }), [holds]).figure?.perSecond).toBe(
    10_000,
  )
})

test('without a single answer there is no figure, and the error that most met is named', () => {
  const errors = { 'DATABASE_REFUSED 1040': 2, DATABASE_UNREACHABLE: 1234 }
  const classes = [{ name: 'read', ok: 0, failed: 1236, unknown: 0, latency, errors }]

  expect(figureOf('QPS', recordOf({ classes }), [holds]).notAFigure).toBe(
    'no operation ended well; DATABASE_UNREACHABLE: 1,234 times',
  )
})
