import { expect, test } from 'vitest'
import { startRunClock } from '../../../../src/drills/stage/run-clock.js'
import type { TourStepId } from '../../../../src/drills/tour/tour-steps.js'
import { TourSteps } from '../../../../src/drills/tour/tour-steps.js'
import type { Context } from '../../../../src/kit/context.js'
import { cancelled, corelabError } from '../../../../src/kit/errors.js'
import type { EventBody } from '../../../../src/kit/events.js'

function setUp() {
  let nowMs = 5000
  const clock = {
    wallMs: () => 1_700_000_000_000 + nowMs,
    monotonicMs: () => nowMs,
    sleep: async (delayMs: number) => {
      nowMs += delayMs
    },
  }
  const events: EventBody[] = []
  const stop = new AbortController()
  const context: Context = { clock, emit: (event) => events.push(event), signal: stop.signal }
  return { steps: new TourSteps(context, startRunClock(clock)), events, stop, clock }
}

const plan = (id: TourStepId, needs: { what: string; met: boolean }[] = []) => ({
  id,
  title: `Do ${id}`,
  needs,
  summarise: (outcome: unknown) => `got ${outcome}`,
})

test('a step that is done gives its outcome, its time and its summary', async () => {
  const { steps, clock } = setUp()
  await clock.sleep(100)

  const outcome = await steps.run(plan('core'), async () => {
    await clock.sleep(250)
    return 4
  })

  expect(outcome).toBe(4)
  expect(steps.list).toEqual([
    {
      id: 'core',
      title: 'Do core',
      state: 'done',
      startedAtMs: 100,
      durationMs: 250,
      summary: 'got 4',
      error: null,
    },
  ])
})

test('a failed step stays failed with its error, and the tour goes on', async () => {
  const { steps, events } = setUp()

  const outcome = await steps.run(plan('failover'), async () => {
    throw corelabError('NO_MASTER', { message: 'nobody took over', fix: ['corelab status'] })
  })
  await steps.run(plan('checks'), async () => 1)

  expect(outcome).toBeNull()
  expect(steps.list.map((step) => step.state)).toEqual(['failed', 'done'])
  expect(steps.list[0]?.error).toMatchObject({ code: 'NO_MASTER', fix: ['corelab status'] })
  expect(steps.firstError?.code).toBe('NO_MASTER')
  expect(events.map((event) => event.kind)).toContain('step.failed')
})

test('a step without what it needs is skipped and says what is missing', async () => {
  const { steps } = setUp()

  await steps.run(
    plan('figures', [
      { what: 'a running core', met: true },
      { what: 'a master', met: false },
    ]),
    async () => expect.unreachable(),
  )

  expect(steps.list[0]).toMatchObject({ state: 'skipped', summary: 'needs a master', durationMs: 0 })
})

test('after a cancellation nothing more is run, and nothing counts as failed', async () => {
  const { steps, stop } = setUp()

  await steps.run(plan('transfers'), async () => {
    stop.abort()
    throw cancelled()
  })
  await steps.run(plan('checks'), async () => expect.unreachable())

  expect(steps.list.map((step) => [step.state, step.summary])).toEqual([
    ['skipped', 'stopped by you'],
    ['skipped', 'stopped by you before it began'],
  ])
  expect(steps.firstError).toBeNull()
})
