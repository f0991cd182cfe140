import { expect, test } from 'vitest'
import { LogHistogram } from '../../../../src/kit/log-histogram.js'
import type { LoadPlan, WorkloadSpec } from '../../../../src/load/engine/load-plan.js'
import { startLoad } from '../../../../src/load/engine/run-load.js'
import { ThreadCounts } from '../../../../src/load/engine/thread-counts.js'
import type { MadeUpParams } from '../../../../src/load/workloads/made-up.js'
import { testContext } from '../../../support/fake-component.js'

function madeUp(params: Partial<MadeUpParams>): WorkloadSpec {
  return {
    name: 'made-up',
    params: { serviceMs: 0, failedShare: 0, unknownShare: 0, stall: null, ...params },
  }
}

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
  workload: madeUp({}),
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

test('what a dying process leaves is a record of the window until then, with its errors', async () => {
  const workload = madeUp({ failedShare: 0.1, serviceMs: 1 })
  const told: Promise<void>[] = []
  const run = startLoad({ ...plan, durationMs: 60_000, workload }, testContext(), {
    onWindow: () => told.push(untilErrors()),
  })
  /** They are told once per second. */
  const untilErrors = async () => {
    while (Object.keys(run.soFar()?.classes[0]?.errors ?? {}).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(run.soFar()).toBeNull()
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await Promise.all(told)

  const left = run.soFar()!
  run.stop()
  const whole = await run.finished

  expect(left).toMatchObject({ ended: 'crashed', startedAt: whole.startedAt })
  const [before, after] = [left.classes[0]!, whole.classes[0]!]
  expect(before.ok).toBeGreaterThan(0)
  expect(before.latency.count).toBe(before.ok)
  expect(before.ok).toBeLessThanOrEqual(after.ok)
  expect(before.errors.MADE_UP_FAILED).toBeGreaterThan(0)
  expect(before.errors.MADE_UP_FAILED).toBeLessThanOrEqual(before.failed)
  // Also after its end: the second that was cut is not told as a whole one.
  for (const { series, windowMs } of [left, run.soFar()!])
    expect(series.filter(({ atMs, lengthMs }) => atMs + lengthMs > windowMs)).toEqual([])
  expect(left.windowMs).toBeLessThanOrEqual(whole.windowMs)
})

test('a run that was cancelled before it began is a record with nothing in it', async () => {
  const record = await startLoad(plan, testContext(AbortSignal.abort())).finished

  expect(record).toMatchObject({ ended: 'cancelled', windowMs: 0, total: { ok: 0, failed: 0, unknown: 0 } })
})

test('every operation is counted once, by how it ended, in the window and in all', async () => {
  const workload = madeUp({ failedShare: 0.1, unknownShare: 0.1, serviceMs: 1 })
  const record = await startLoad({ ...plan, connections: 16, workload }, testContext()).finished

  const { ok, failed, unknown } = record.total
  const [only] = record.classes
  expect(record.counted).toEqual({ ended: ok + failed + unknown })
  expect(failed).toBeGreaterThan(0)
  expect(unknown).toBeGreaterThan(0)
  expect(only!.errors).toEqual({ MADE_UP_FAILED: only!.failed, MADE_UP_UNKNOWN: only!.unknown })
  expect(record.latency.count).toBe(only!.ok)
})

test('the error budget ends a run whose operations fail', async () => {
  const workload = madeUp({ failedShare: 0.5 })
  const record = await startLoad(
    { ...plan, connections: 20, durationMs: 60_000, errorShareMax: 0.2, workload },
    testContext(),
  ).finished

  expect(record.ended).toBe('error-budget')
  expect(record.windowMs).toBeLessThan(60_000)
})

test('an open loop begins what was planned, and counts a stall from the planned times', async () => {
  const open: LoadPlan = {
    ...plan,
    arrival: { loop: 'open', schedule: 'fixed', ratePerSecond: 500 },
    warmUpMs: 0,
    durationMs: 1000,
    workload: madeUp({ serviceMs: 1, stall: { fromMs: 300, toMs: 700 } }),
  }
  const record = await startLoad(open, testContext()).finished

  const { schedule, latency, serviceTime, classes } = record
  expect(schedule).toMatchObject({ planned: 500, skipped: 0 })
  expect(classes[0]!.ok).toBe(schedule!.begun)
  // Four sessions were caught in the stall; some two hundred operations waited for it, whatever else the host does.
  const p80 = (data: typeof latency) => {
    const histogram = new LogHistogram()
    histogram.add(data)
    return histogram.percentileUs(80)!
  }
  expect(p80(latency)).toBeGreaterThan(50_000)
  expect(p80(serviceTime!)).toBeLessThan(p80(latency) / 2)
  expect(schedule!.backlogMax).toBeGreaterThan(100)
  expect(schedule!.late).toBeGreaterThan(100)
})

test('operations that would begin too late are skipped and counted', async () => {
  const open: LoadPlan = {
    ...plan,
    arrival: { loop: 'open', schedule: 'poisson', ratePerSecond: 500 },
    warmUpMs: 0,
    durationMs: 1000,
    lateMaxMs: 100,
    workload: madeUp({ serviceMs: 1, stall: { fromMs: 300, toMs: 700 } }),
  }
  const { schedule, classes } = await startLoad(open, testContext()).finished

  expect(schedule!.skipped).toBeGreaterThan(50)
  expect(schedule!.begun + schedule!.skipped).toBeLessThanOrEqual(schedule!.planned)
  expect(classes[0]!.ok).toBe(schedule!.begun)
})

test('a server that answers nobody any more leaves operations that are counted as abandoned', async () => {
  const stop = new AbortController()
  const workload = madeUp({ serviceMs: 1, stall: { fromMs: 100, toMs: 5000 } })
  const record = await startLoad({ ...plan, durationMs: 60_000, workload }, testContext(stop.signal), {
    onWindow: () => setTimeout(() => stop.abort(), 200),
  }).finished

  expect(record).toMatchObject({ ended: 'cancelled', abandoned: 4 })
})

test('of a thread that died, what it had counted is there, and what it had begun is abandoned', async () => {
  const bytes = ThreadCounts.allocate(1).memory.byteLength
  const dying = `import { parentPort } from 'node:worker_threads'
    const memory = new SharedArrayBuffer(${bytes})
    const numbers = new Float64Array(memory, 0, 12)
    parentPort.postMessage({ kind: 'ready', classes: ['x'], memory })
    parentPort.on('message', ({ kind }) => {
      if (kind === 'stop') { parentPort.postMessage({ kind: 'ended', counted: {}, errors: [{}] }); parentPort.close(); return }
      numbers[0] = 5; numbers[6] = 3
      process.exit(7)
    })`
  const threadEntry = new URL(`data:text/javascript,${encodeURIComponent(dying)}`)

  const record = await startLoad({ ...plan, workers: 2 }, testContext(), { threadEntry }).finished

  expect(record).toMatchObject({ ended: 'thread-died', total: { ok: 6 }, abandoned: 4 })
})

test('sessions that cannot be opened are an error, and no session stays open', async () => {
  const run = startLoad({ ...plan, workload: { name: 'nobody-made-it', params: null } }, testContext())
  await expect(run.finished).rejects.toMatchObject({ code: 'BUG' })
})

test('a mix draws its parts by weight and keeps them apart', async () => {
  const parts = [
    { weight: 3, workload: madeUp({}) },
    { weight: 1, workload: madeUp({}) },
  ]
  const { classes, counted, total } = await startLoad(
    { ...plan, workload: { name: 'mix', params: { parts } } },
    testContext(),
  ).finished

  const [first, second] = classes
  expect(first!.ok / (first!.ok + second!.ok)).toBeCloseTo(0.75, 1)
  expect(counted.ended).toBe(total.ok)
})
