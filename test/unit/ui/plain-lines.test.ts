import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { corelabError } from '../../../src/kit/errors.js'
import type { EventBody } from '../../../src/kit/events.js'
import { emptyModel, reduceEvent } from '../../../src/ui/event-model.js'
import { heartbeatLine, plainLines } from '../../../src/ui/plain-lines.js'
import { plainRenderer } from '../../../src/ui/plain-renderer.js'
import { began, ended, modelOf, recorded, startMs } from './events.js'

const zone = process.env.TZ
beforeEach(() => {
  process.env.TZ = 'UTC'
})
afterEach(() => {
  vi.useRealTimers()
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

function linesOf(bodies: readonly EventBody[], options = { verbose: false }): string[] {
  let model = emptyModel
  return recorded(...bodies).flatMap((event) => {
    model = reduceEvent(model, event)
    return plainLines(event, model, options)
  })
}

test('a line is the time, who, and what', () => {
  const lines = linesOf([
    began('up', 'Bring up the core'),
    { kind: 'component.state', component: 'db-1', state: 'ready' },
    ended('up', 8_600, '7 components'),
  ])

  expect(lines).toEqual([
    '10:00:00 up            | Bring up the core ...',
    '10:00:01 db-1          | ready',
    '10:00:02 up            | Bring up the core, done in 8.6 s: 7 components',
  ])
})

test('quick sub-steps and passing states are told only to those who want everything', () => {
  const events: EventBody[] = [
    began('up', 'Up'),
    began('up.data', 'Copy data', 'up'),
    { kind: 'component.state', component: 'db-1', state: 'starting' },
    ended('up.data', 200),
  ]

  expect(linesOf(events)).toHaveLength(1)
  expect(linesOf(events, { verbose: true })).toHaveLength(4)
})

test('a failure is loud, what the user stopped is not a failure', () => {
  const failed = (code: 'LOAD_FAILED' | 'CANCELLED'): EventBody => ({
    kind: 'step.failed',
    step: 'load',
    durationMs: 1,
    error: corelabError(code, { message: 'no space' }).shape,
  })

  expect(linesOf([began('load', 'Load'), failed('LOAD_FAILED')])[1]).toContain('| FAILED Load: no space')
  expect(linesOf([began('load', 'Load'), failed('CANCELLED')])[1]).toContain('| Load: stopped')
})

test('an up of seven components stays below forty lines', () => {
  const components = ['db-1', 'db-2', 'db-3', 'db-4', 'redis', 'rabbitmq', 'subsystems']
  const states = ['planned', 'preparing', 'starting', 'ready'] as const
  const steps = Array.from({ length: 10 }, (_, index) => `up.${index}`)

  const lines = linesOf([
    began('up', 'Bring up the core'),
    ...steps.map((step) => began(step, step, 'up')),
    ...components.flatMap((component) =>
      states.map((state): EventBody => ({ kind: 'component.state', component, state })),
    ),
    ...steps.map((step) => ended(step, 1_500)),
    ended('up', 9_000),
  ])

  expect(lines.length).toBeLessThan(40)
})

test('a heartbeat says what is waited for, else how far the youngest step is', () => {
  const waiting = modelOf(began('wire', 'Wire'), began('rows', 'Rows'), {
    kind: 'step.waiting',
    step: 'wire',
    waitingFor: 'db-3',
    elapsedMs: 0,
    limitMs: 60_000,
  })
  const running = modelOf(began('load', 'Load'))

  expect(heartbeatLine(waiting, startMs + 5_000)).toBe(
    '10:00:05 wire          | Wire: waiting for db-3, 3 s of 60 s',
  )
  expect(heartbeatLine(running, startMs + 5_000)).toBe('10:00:05 load          | Load: 5 s so far')
  expect(heartbeatLine(emptyModel, startMs)).toBeNull()
})

test('the log of a long step is never silent for long, and never noisy', () => {
  vi.useFakeTimers({ now: startMs })
  const written: string[] = []
  const renderer = plainRenderer({
    verbose: false,
    write: (text) => written.push(text),
    clock: {
      wallMs: () => Date.now(),
      monotonicMs: () => Date.now() - startMs,
      sleep: () => Promise.resolve(),
    },
  })
  for (const event of recorded(began('load', 'Load'))) renderer.show(event)

  vi.advanceTimersByTime(10 * 60_000)

  expect(written.length).toBeGreaterThan(8)
  expect(written.length).toBeLessThan(25)
  expect(written[1]).toContain('Load: 5 s so far')
})

test('a renderer that was stopped writes no more', async () => {
  vi.useFakeTimers({ now: startMs })
  const written: string[] = []
  const renderer = plainRenderer({
    verbose: false,
    write: (text) => written.push(text),
    clock: {
      wallMs: () => Date.now(),
      monotonicMs: () => Date.now() - startMs,
      sleep: () => Promise.resolve(),
    },
  })
  for (const event of recorded(began('load', 'Load'))) renderer.show(event)
  await renderer.stop()

  vi.advanceTimersByTime(60_000)

  expect(written).toHaveLength(1)
})
