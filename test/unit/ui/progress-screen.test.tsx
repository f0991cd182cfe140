import { render } from 'ink-testing-library'
import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/kit/events.js'
import { ProgressScreen } from '../../../src/ui/progress-screen.js'
import { symbolsFor } from '../../../src/ui/symbols.js'
import { began, ended, modelOf, startMs } from './events.js'

function screenOf(
  bodies: readonly EventBody[],
  options: { over?: boolean; unicode?: boolean; verbose?: boolean } = {},
): string[] {
  const { over = false, unicode = true, verbose = false } = options
  const app = render(
    <ProgressScreen
      state={{ model: modelOf(...bodies), nowMs: startMs + 10_000, frame: 0, over }}
      size={{ columns: 80, rows: 24 }}
      symbols={symbolsFor({ unicode })}
      verbose={verbose}
    />,
  )
  const frame = app.lastFrame() ?? ''
  app.unmount()
  return frame.split('\n').map((line) => line.trimEnd())
}

const loading: EventBody[] = [
  began('load', 'Load customers'),
  {
    kind: 'step.progress',
    step: 'load',
    done: 1_250_000,
    total: 2_400_000,
    unit: 'rows',
    perSecond: 285_000,
    etaMs: 4_000,
  },
]

test('a running step shows a bar, a rate and the time left, on one line of 80 columns', () => {
  expect(screenOf(loading)).toEqual([
    '- Load customers  10 s',
    '  [=======>        ] 52 %, 1,250,000 of 2,400,000 rows, 285,000/s, 4 s left',
  ])
})

test('a wait shows what for, how long and how long at most', () => {
  const lines = screenOf([
    began('wire', 'Wire replication'),
    { kind: 'step.waiting', step: 'wire', waitingFor: 'db-3: lag 2', elapsedMs: 1_000, limitMs: 60_000 },
  ])

  expect(lines[1]).toBe('  waiting for db-3: lag 2, 10 s of 60 s')
})

test('history is told by its steps; the sub-steps that went well only on request', () => {
  const events = [
    began('up', 'Up'),
    began('up.data', 'Copy', 'up'),
    ended('up.data', 300),
    ended('up', 900, 'usable'),
  ]

  expect(screenOf(events, { over: true })).toEqual(['\u2714 Up  900 ms  usable', ''])
  expect(screenOf(events, { over: true, verbose: true })).toEqual([
    '  \u2714 Copy  300 ms',
    '\u2714 Up  900 ms  usable',
    '',
  ])
})

test('when all is over, only history is left', () => {
  const events: EventBody[] = [
    ...loading,
    { kind: 'component.state', component: 'db-1', state: 'ready' },
    ended('load', 1_000),
  ]

  expect(screenOf(events, { over: true })).toEqual(['\u2714 Load customers  1.0 s', ''])
})

test('a terminal without unicode gets letters', () => {
  expect(screenOf([began('a', 'A'), ended('a', 5)], { over: true, unicode: false })[0]).toBe('+ A  5 ms')
})

test('a long line of history is wrapped at words, below its own beginning', () => {
  const text = 'db-1 (master) is gone and '.repeat(4)
  const lines = screenOf([{ kind: 'note', message: text.trim() }], { over: true })

  expect(lines.filter((line) => line !== '')).toEqual([
    '- db-1 (master) is gone and db-1 (master) is gone and db-1 (master) is gone and',
    '  db-1 (master) is gone and',
  ])
})

test('nodes show name, role and state side by side with the other components', () => {
  const lines = screenOf([
    {
      kind: 'topology',
      epoch: 1,
      master: 'db-1',
      reason: 'start',
      roles: { 'db-1': 'master' },
    },
    { kind: 'component.state', component: 'db-1', state: 'ready' },
    { kind: 'component.state', component: 'redis', state: 'starting' },
  ])

  expect(lines.at(-1)).toBe('  db-1        master       ready         redis                    starting')
})
