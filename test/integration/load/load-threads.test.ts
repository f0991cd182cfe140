import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { LoadPlan } from '../../../src/load/engine/load-plan.js'
import { startLoad } from '../../../src/load/engine/run-load.js'
import { packageRoot } from '../../../src/project/package-root.js'
import { testContext } from '../../support/fake-component.js'

const distDir = process.env.CORELAB_TEST_DIST ?? join(packageRoot, 'dist')
const threadEntry = pathToFileURL(join(distDir, 'load', 'engine', 'load-thread-main.js'))

const plan: LoadPlan = {
  connections: 7,
  workers: 3,
  arrival: { loop: 'open', schedule: 'fixed', ratePerSecond: 600 },
  rampMs: 100,
  warmUpMs: 100,
  durationMs: 1200,
  seed: 3,
  errorShareMax: null,
  lateMaxMs: null,
  workload: {
    name: 'made-up',
    params: { serviceMs: 1, failedShare: 0.1, unknownShare: 0, stall: null },
  },
}

test('threads share connections and rate, and their counts add up to one record', async () => {
  const record = await startLoad(plan, testContext(), { threadEntry }).finished

  const { ok, failed, unknown } = record.total
  expect(record).toMatchObject({ ended: 'time', abandoned: 0, counted: { ended: ok + failed + unknown } })
  expect(record.schedule!.planned).toBe(720)
  expect(record.classes[0]!.ok + record.classes[0]!.failed).toBe(record.schedule!.begun)
  expect(record.schedule!.begun).toBeLessThanOrEqual(720)
  expect(record.series[0]).toMatchObject({ atMs: 0, lengthMs: 1000 })
})

test('Ctrl+C ends all threads in order', async () => {
  const stop = new AbortController()
  const record = await startLoad(
    { ...plan, arrival: { loop: 'closed', thinkMs: 1 }, durationMs: 60_000 },
    testContext(stop.signal),
    { threadEntry, onWindow: () => setTimeout(() => stop.abort(), 100) },
  ).finished

  expect(record).toMatchObject({ ended: 'cancelled', abandoned: 0 })
  expect(record.counted.ended).toBe(record.total.ok + record.total.failed)
})
