import { expect, test } from 'vitest'
import { systemClock } from '../../../../src/kit/clock.js'
import type { Context } from '../../../../src/kit/context.js'
import { type ClosedLoopOptions, startClosedLoop } from '../../../../src/load/live/closed-loop.js'
import type { LoadSession } from '../../../../src/load/load-session.js'
import { type OperationOutcome, okOutcome } from '../../../../src/load/operation-outcome.js'
import { ManualClock, settled } from '../../../support/manual-clock.js'

function contextOf(overrides: Partial<Context> = {}): Context {
  const { signal } = new AbortController()
  return { clock: systemClock, emit: () => undefined, signal, ...overrides }
}

/** A server in this process: tells how many operations were under way at once, and which sessions are open. */
class FakeServer {
  underWay = 0
  underWayMax = 0
  open = 0
  operations = 0

  session(operate: (done: (outcome: OperationOutcome) => void) => void): LoadSession {
    this.open++
    return {
      run: (done) => {
        this.operations++
        this.underWayMax = Math.max(this.underWayMax, ++this.underWay)
        operate((outcome) => {
          this.underWay--
          done(outcome)
        })
      },
      close: async () => {
        this.open--
      },
    }
  }
}

const runClosedLoop = (options: ClosedLoopOptions, context: Context) =>
  startClosedLoop(options, context).finished

const never = new AbortController().signal

const soon = (done: (outcome: OperationOutcome) => void) => setImmediate(() => done(okOutcome))

test('each connection has one operation under way, and all sessions are closed in the end', async () => {
  const server = new FakeServer()

  const result = await runClosedLoop(
    { connections: 7, openSession: async () => server.session(soon), stop: AbortSignal.timeout(100) },
    contextOf(),
  )

  expect(server.underWayMax).toBe(7)
  expect(server.open).toBe(0)
  expect(result.ok).toBe(server.operations)
  expect(result.connections).toBe(7)
  expect(result.okPerSecond).toBeCloseTo((result.ok * 1000) / result.durationMs)
  expect(result.latency?.p50Ms).toBeGreaterThan(0)
})

const withoutWait: [string, (done: (outcome: OperationOutcome) => void) => void][] = [
  ['at once', (done) => done(okOutcome)],
  ['in the same turn of the event loop', (done) => void Promise.resolve().then(() => done(okOutcome))],
]

test.each(withoutWait)(
  'operations that end %s neither exhaust the stack nor starve the timers',
  async (_, operate) => {
    const server = new FakeServer()

    const result = await runClosedLoop(
      { connections: 2, openSession: async () => server.session(operate), stop: AbortSignal.timeout(50) },
      contextOf(),
    )

    expect(result.ok).toBeGreaterThan(100)
  },
)

test('errors are counted by class, apart from operations whose outcome is unknown', async () => {
  const server = new FakeServer()
  const outcomes: OperationOutcome[] = [
    okOutcome,
    { kind: 'failed', errorClass: 'DATABASE_REFUSED 1213' },
    { kind: 'unknown', errorClass: 'WRITE_OUTCOME_UNKNOWN' },
    { kind: 'failed', errorClass: 'DATABASE_REFUSED 1213' },
  ]
  const stop = new AbortController()
  let next = 0
  const operate = (done: (outcome: OperationOutcome) => void) =>
    setImmediate(() => {
      const outcome = outcomes[next++]!
      if (next === outcomes.length) stop.abort()
      done(outcome)
    })

  const result = await runClosedLoop(
    {
      connections: 1,
      openSession: async () => server.session(operate),
      stop: stop.signal,
      backOffMs: 1,
    },
    contextOf(),
  )

  expect(result).toMatchObject({
    ok: 1,
    failed: 2,
    unknown: 1,
    errors: { 'DATABASE_REFUSED 1213': 2, WRITE_OUTCOME_UNKNOWN: 1 },
    aborted: false,
  })
})

test('a stopped run lets operations under way end and counts them', async () => {
  const server = new FakeServer()
  const stop = new AbortController()
  const answers: (() => void)[] = []
  const run = startClosedLoop(
    {
      connections: 3,
      openSession: async () => server.session((done) => answers.push(() => done(okOutcome))),
      stop: stop.signal,
    },
    contextOf(),
  )
  await expect.poll(() => answers.length).toBe(3)

  stop.abort()
  for (const answer of answers) answer()
  const result = await run.finished

  expect(result).toMatchObject({ ok: 3, abandoned: 0 })
  expect(server.operations).toBe(3)
})

test('operations that never end are given up, counted as abandoned, and do not keep the run from ending', async () => {
  const server = new FakeServer()

  const result = await runClosedLoop(
    {
      connections: 4,
      openSession: async (index) => server.session(index === 0 ? () => undefined : soon),
      stop: AbortSignal.timeout(50),
      drainLimitMs: 50,
    },
    contextOf(),
  )

  expect(result.abandoned).toBe(1)
  expect(result.ok).toBeGreaterThan(0)
  expect(server.open).toBe(0)
})

test('a cancelled run returns what it has', async () => {
  const server = new FakeServer()
  const cancel = new AbortController()
  const run = startClosedLoop(
    { connections: 2, openSession: async () => server.session(soon), stop: never },
    contextOf({ signal: cancel.signal }),
  )
  await expect.poll(() => run.counters().ok).toBeGreaterThan(10)

  cancel.abort()
  const result = await run.finished

  expect(result.aborted).toBe(true)
  expect(result.ok).toBeGreaterThan(10)
  expect(result.durationMs).toBeLessThan(60_000)
  expect(server.open).toBe(0)
})

test('when a session cannot be opened the run rejects with that error and closes the others', async () => {
  const server = new FakeServer()
  const openSession = async (index: number) => {
    if (index === 20) throw new Error('too many connections')
    return server.session(soon)
  }

  await expect(runClosedLoop({ connections: 30, openSession, stop: never }, contextOf())).rejects.toThrow(
    'too many connections',
  )
  expect(server.open).toBe(0)
})

test('a time without an OK is found again as a gap and as points with zeros', async () => {
  const server = new FakeServer()
  const clock = new ManualClock()
  const stop = new AbortController()
  let answer: () => void = () => undefined
  const run = startClosedLoop(
    {
      connections: 1,
      openSession: async () =>
        server.session((done) => {
          answer = () => done(okOutcome)
        }),
      stop: stop.signal,
      pointIntervalMs: 100,
    },
    contextOf({ clock }),
  )
  await settled()
  for (let each = 0; each < 10; each++) {
    await clock.advance(10)
    answer()
  }
  expect(run.longestGapAfter(0)).toBeNull()

  await clock.advance(350)
  answer()
  stop.abort()
  await clock.advance(50)
  answer()
  const result = await run.finished

  expect(run.longestGapAfter(0)).toEqual({ lastOkAtMs: 100, firstOkAtMs: 450 })
  expect(run.longestGapAfter(510)).toBeNull()
  expect(result.points.map(({ okPerSecond, p50Ms }) => [okPerSecond, p50Ms === null])).toEqual([
    [90, false],
    [10, false],
    [0, true],
    [0, true],
    [10, false],
  ])
})
