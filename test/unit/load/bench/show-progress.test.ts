import { expect, test } from 'vitest'
import type { EventBody } from '../../../../src/kit/events.js'
import { showProgress } from '../../../../src/load/bench/show-progress.js'
import type { LoadPlan } from '../../../../src/load/engine/load-plan.js'
import type { LoadRecord } from '../../../../src/load/engine/load-record.js'
import { testContext } from '../../../support/fake-component.js'

const plan = { rampMs: 0, warmUpMs: 2000, durationMs: 8000 } as LoadPlan

test('the time in which clients connect is not that of the run, and is told as what it is', async () => {
  const { clock, signal } = testContext()
  const seen: EventBody[] = []
  let begunMs: number | null = null
  let end: (record: LoadRecord) => void = () => undefined
  const finished = new Promise<LoadRecord>((resolve) => {
    end = resolve
  })
  const run = {
    finished,
    counters: () => ({ ok: 0, failed: 2, unknown: 1 }),
    begunMs: () => begunMs,
    soFar: () => null,
    stop: () => undefined,
  }
  const emit = (event: EventBody) => {
    seen.push(event)
    if (seen.length === 1) begunMs = clock.monotonicMs() - 2500
    else end({ windowMs: 1 } as LoadRecord)
  }

  await showProgress(run, { step: 's', plan, operationsMax: null }, { clock, emit, signal })

  expect(seen[0]).toMatchObject({ done: 0, total: 10, note: 'clients connect, 3 errors' })
  expect(seen[1]).toMatchObject({ total: 10, note: '3 errors' })
  expect((seen[1] as { done: number }).done).toBeGreaterThanOrEqual(2.5)
  expect((seen[1] as { done: number }).done).toBeLessThanOrEqual(10)
})
