import { expect, test } from 'vitest'
import { watchLoad } from '../../../../src/drills/tour/watch-load.js'
import { corelabError } from '../../../../src/kit/errors.js'
import type { EventBody } from '../../../../src/kit/events.js'
import type { TransferRun, TransferRunResult } from '../../../../src/load/live/run-transfers.js'

function setUp(finished: Promise<TransferRunResult> = new Promise(() => undefined)) {
  let nowMs = 0
  let ok = 0
  const clock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (delayMs: number) => {
      nowMs += delayMs
      ok += delayMs / 10
    },
  }
  const events: EventBody[] = []
  const run: TransferRun = {
    keyPrefix: 't-',
    counters: () => ({ ok, failed: 0, unknown: 0 }),
    points: () => [],
    longestGapAfter: () => null,
    finished,
  }
  const context = {
    clock,
    emit: (event: EventBody) => events.push(event),
    signal: new AbortController().signal,
  }
  return { run, context, events, nowMs: () => nowMs }
}

test('a load is watched for its time, with its rate twice a second', async () => {
  const { run, context, events, nowMs } = setUp()

  await watchLoad({ step: 'transfers', run, isOver: (elapsedMs) => elapsedMs >= 2000 }, context)

  expect(nowMs()).toBe(2000)
  expect(events).toHaveLength(4)
  expect(events[0]).toEqual({
    kind: 'step.progress',
    step: 'transfers',
    done: 50,
    total: null,
    unit: 'transfers',
    perSecond: 100,
  })
})

test('a load that could not start is the error of the step that watches it', async () => {
  const refused = corelabError('NO_MASTER', { message: 'nobody there' })
  const { run, context } = setUp(Promise.reject(refused))

  await expect(watchLoad({ step: 'transfers', run, isOver: () => false }, context)).rejects.toBe(refused)
})
