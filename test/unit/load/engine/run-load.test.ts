import { expect, test } from 'vitest'
import type { LoadPlan } from '../../../../src/load/engine/load-plan.js'
import { startLoad } from '../../../../src/load/engine/run-load.js'
import { testContext } from '../../../support/fake-component.js'

const plan: LoadPlan = {
  connections: 4,
  workers: 1,
  arrival: { loop: 'closed', thinkMs: 0 },
  rampMs: 0,
  warmUpMs: 50,
  durationMs: 200,
  seed: 1,
  errorShareMax: null,
  lateMaxMs: null,
  workload: { name: 'idle', params: null },
}

test('a closed loop counts every operation once, and the window apart from the rest', async () => {
  const seen: string[] = []
  const run = startLoad(plan, testContext(), {
    onWindow: () => seen.push('window'),
    onWindowEnd: () => seen.push('end'),
  })

  const record = await run.finished

  expect(record).toMatchObject({ ended: 'time', windowMs: 200, abandoned: 0, schedule: null })
  expect(record.total.ok).toBeGreaterThan(record.classes[0]!.ok)
  expect(record.latency.count).toBe(record.classes[0]!.ok)
  expect(run.counters()).toEqual(record.total)
  expect(seen).toEqual(['window', 'end'])
})

test('Ctrl+C leaves a valid record of what was seen until then', async () => {
  const stop = new AbortController()
  const run = startLoad({ ...plan, durationMs: 60_000 }, testContext(stop.signal), {
    onWindow: () => setTimeout(() => stop.abort(), 50),
  })

  const record = await run.finished

  expect(record.ended).toBe('cancelled')
  expect(record.windowMs).toBeGreaterThan(0)
  expect(record.windowMs).toBeLessThan(60_000)
  expect(record.classes[0]!.ok).toBeGreaterThan(0)
})

test('a run that was cancelled before it began is a record with nothing in it', async () => {
  const record = await startLoad(plan, testContext(AbortSignal.abort())).finished

  expect(record).toMatchObject({ ended: 'cancelled', windowMs: 0, total: { ok: 0, failed: 0, unknown: 0 } })
})
