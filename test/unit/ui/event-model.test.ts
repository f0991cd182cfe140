import { expect, test } from 'vitest'
import { corelabError } from '../../../src/kit/errors.js'
import { runningSteps, stepOf } from '../../../src/ui/event-model.js'
import { began, ended, modelOf, startMs } from './events.js'

test('a step runs from its start until it is done, and then belongs to the history', () => {
  const running = modelOf(began('load', 'Load rows'))
  const over = modelOf(began('load', 'Load rows'), ended('load', 900, '10 rows'))

  expect(runningSteps(running).map(({ title }) => title)).toEqual(['Load rows'])
  expect(running.finished).toEqual([])
  expect(runningSteps(over)).toEqual([])
  expect(over.finished).toMatchObject([{ kind: 'step', step: { summary: '10 rows', durationMs: 900 } }])
})

test('progress replaces a wait, and a wait that is over leaves nothing behind', () => {
  const waiting = modelOf(began('wire', 'Wire'), {
    kind: 'step.waiting',
    step: 'wire',
    waitingFor: 'db-3',
    elapsedMs: 400,
    limitMs: 60_000,
  })
  const done = modelOf(began('wire', 'Wire'), ended('wire', 10))

  expect(stepOf(waiting, 'wire')?.waiting).toEqual({
    waitingFor: 'db-3',
    sinceMs: startMs + 1000 - 400,
    limitMs: 60_000,
  })
  expect(stepOf(done, 'wire')?.waiting).toBeNull()
})

test('a step that runs again is shown once, as it is now', () => {
  const model = modelOf(began('retry', 'First'), ended('retry', 5), began('retry', 'Second'))

  expect(model.steps.map(({ title, state }) => [title, state])).toEqual([['Second', 'running']])
  expect(model.finished).toHaveLength(1)
})

test('a follower that came late shows a step by its id', () => {
  const model = modelOf({ kind: 'step.progress', step: 'load', done: 1, total: 2, unit: 'rows' })

  expect(runningSteps(model)).toMatchObject([{ title: 'load', progress: { done: 1 } }])
})

test('a failed step keeps its error', () => {
  const error = corelabError('LOAD_FAILED', { message: 'duplicate key' }).shape
  const model = modelOf(began('load', 'Load'), { kind: 'step.failed', step: 'load', durationMs: 3, error })

  expect(stepOf(model, 'load')).toMatchObject({ state: 'failed', error: { code: 'LOAD_FAILED' } })
})

test('roles follow the last topology, whether it was published before or after the component showed up', () => {
  const topology = {
    kind: 'topology',
    epoch: 2,
    master: 'db-2',
    reason: 'db-1 died',
    roles: { 'db-1': 'quarantined', 'db-2': 'master' },
  } as const
  const db1 = { kind: 'component.state', component: 'db-1', state: 'failed' } as const
  const db2 = { kind: 'component.state', component: 'db-2', state: 'ready' } as const

  const model = modelOf(db1, topology, db2)

  expect(model.components.map(({ name, role }) => [name, role])).toEqual([
    ['db-1', 'quarantined'],
    ['db-2', 'master'],
  ])
  expect(model.epoch).toBe(2)
  expect(model.finished).toMatchObject([{ text: 'epoch 2: db-2 is master, db-1 quarantined (db-1 died)' }])
})
