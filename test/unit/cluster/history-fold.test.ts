import { expect, test } from 'vitest'
import { foldHistory } from '../../../src/cluster/history-fold.js'
import { corelabError } from '../../../src/kit/errors.js'
import type { CorelabEvent, EventBody } from '../../../src/kit/events.js'

const startMs = Date.parse('2030-01-01T00:00:00.000Z')

/** Events, each 10 ms after the one before. */
function told(...bodies: readonly EventBody[]): CorelabEvent[] {
  return bodies.map((body, index) => ({ at: at(index), seq: index + 1, ...body }))
}

function at(index: number): string {
  return new Date(startMs + 10 * index).toISOString()
}

const open = (epoch: number, master: string, reason = 'opened'): EventBody => ({
  kind: 'topology',
  epoch,
  master,
  roles: { [master]: 'master' },
  reason,
})
const closed = (epoch: number, was: string, reason: string): EventBody => ({
  kind: 'topology',
  epoch,
  master: null,
  roles: { [was]: 'master' },
  reason,
})
const began = (step: string): EventBody => ({ kind: 'step.started', step, title: step })
const done = (step: string, durationMs = 1, summary?: string): EventBody => ({
  kind: 'step.done',
  step,
  durationMs,
  ...(summary === undefined ? {} : { summary }),
})
const failed = (step: string, message: string): EventBody => ({
  kind: 'step.failed',
  step,
  durationMs: 2,
  error: corelabError('FAILOVER_REFUSED', { message }).shape,
})
const ran = (step: string): EventBody[] => [began(step), done(step)]
const failoverSteps = ['seal', 'halt', 'survey', 'drain', 'attach', 'open'].flatMap((step) =>
  ran(`failover.${step}`),
)

test('an environment of which nothing was told has no epochs', () => {
  expect(foldHistory([])).toEqual({ schema: 'corelab/history@1', epochs: [], underWay: null })
})

test('a failover tells who was master, why it ended, for how long nobody was, and what each step took', () => {
  const history = foldHistory(
    told(
      open(1, 'db-1', 'first start'),
      closed(1, 'db-1', 'db-1 (master) is gone'),
      ...failoverSteps,
      open(2, 'db-2', 'db-1 (master) is gone'),
      ...ran('failover.repoint'),
    ),
  )
  expect(history.underWay).toBeNull()
  const [first, second] = history.epochs
  expect(first).toMatchObject({ epoch: 1, master: 'db-1', openedAt: at(0), closedAt: at(1), change: null })
  expect(second).toMatchObject({ epoch: 2, master: 'db-2', openedAt: at(14), closedAt: null, burnt: [] })
  expect(second?.change).toMatchObject({
    kind: 'failover',
    reason: 'db-1 (master) is gone',
    startedAt: at(1),
    durationMs: 130,
    closedMs: 130,
    refusals: [],
  })
  expect(second?.change?.steps.map(({ name }) => name)).toEqual([
    'seal',
    'halt',
    'survey',
    'drain',
    'attach',
    'open',
    'repoint',
  ])
})

test('a switchover begins before writes are held: only that part counts as closed', () => {
  const { epochs } = foldHistory(
    told(
      open(1, 'db-1'),
      ...ran('failover.check'),
      closed(1, 'db-1', 'planned switchover to db-2'),
      ...['quiesce', 'level', 'seal', 'attach', 'open'].flatMap((step) => ran(`failover.${step}`)),
      open(2, 'db-2', 'planned switchover to db-2'),
    ),
  )
  expect(epochs[1]?.change).toMatchObject({
    kind: 'switchover',
    reason: 'planned switchover to db-2',
    durationMs: 130,
    closedMs: 110,
  })
})

test('a step that was tried again is one step with its attempts, its whole time and its last word', () => {
  const { epochs } = foldHistory(
    told(
      open(1, 'db-1'),
      closed(1, 'db-1', 'db-1 (master) is gone'),
      began('failover.attach'),
      failed('failover.attach', 'qlink does not answer'),
      began('failover.attach'),
      done('failover.attach', 5, 'after all'),
      open(2, 'db-2'),
    ),
  )
  expect(epochs[1]?.change?.steps).toEqual([
    { name: 'attach', attempts: 2, durationMs: 7, outcome: 'done', note: 'after all' },
  ])
})

test('numbers without a master are burnt, and refusals on the way are told', () => {
  const refused: EventBody = { kind: 'warning', code: 'FAILOVER_REFUSED', message: 'no node is left' }
  const { epochs } = foldHistory(
    told(
      open(1, 'db-1'),
      closed(1, 'db-1', 'gone'),
      ...ran('failover.seal'),
      refused,
      refused,
      ...ran('failover.seal'),
      open(4, 'db-3'),
    ),
  )
  expect(epochs[1]).toMatchObject({ epoch: 4, burnt: [2, 3] })
  expect(epochs[1]?.change?.refusals).toEqual(['no node is left'])
})

test('a switchover that was refused or taken back belongs to the epoch that goes on', () => {
  const { epochs, underWay } = foldHistory(
    told(
      open(1, 'db-1'),
      began('failover.check'),
      failed('failover.check', 'db-2 lags by 9000 transactions'),
      ...ran('failover.check'),
      closed(1, 'db-1', 'planned switchover to db-2'),
      began('failover.quiesce'),
      failed('failover.quiesce', 'a transaction does not end'),
      ...ran('failover.release'),
      open(1, 'db-1', 'no switchover: a transaction does not end'),
    ),
  )
  expect(underWay).toBeNull()
  expect(epochs).toHaveLength(1)
  expect(epochs[0]?.undone.map(({ reason, closedMs }) => [reason, closedMs])).toEqual([
    ['db-2 lags by 9000 transactions', null],
    ['planned switchover to db-2', 50],
  ])
})

test('a keeper that died in the middle is followed by one that ends the same change', () => {
  const events = told(
    open(1, 'db-1'),
    closed(1, 'db-1', 'db-1 (master) is gone'),
    ...ran('failover.seal'),
    began('failover.halt'),
    // Here it is killed; the next one begins again at the seal.
    ...failoverSteps,
    open(3, 'db-2'),
  )
  expect(foldHistory(events.slice(0, 5)).underWay).toMatchObject({
    kind: 'failover',
    reason: 'db-1 (master) is gone',
    startedAt: at(1),
  })
  const { epochs, underWay } = foldHistory(events)
  expect(underWay).toBeNull()
  expect(epochs[1]).toMatchObject({ epoch: 3, burnt: [2] })
  expect(epochs[1]?.change?.steps.slice(0, 2)).toMatchObject([
    { name: 'seal', attempts: 2, outcome: 'done' },
    { name: 'halt', attempts: 2, outcome: 'done' },
  ])
})

test('roles that move inside an epoch are no new epoch; nodes that come back are told with it', () => {
  const { epochs } = foldHistory(
    told(
      open(2, 'db-2'),
      began('rejoin.db-1'),
      ...ran('rejoin.db-1.follow'),
      { kind: 'step.done', step: 'rejoin.db-1', durationMs: 900, summary: 'db-1 serves as slave-2' },
      open(2, 'db-2', 'db-1 serves again as slave-2'),
      began('rejoin.db-3'),
      failed('rejoin.db-3', 'qlink does not answer'),
      began('rejoin.db-4'),
    ),
  )
  expect(epochs).toHaveLength(1)
  expect(epochs[0]?.returns).toEqual([
    { node: 'db-1', startedAt: at(1), durationMs: 900, outcome: 'done', note: 'db-1 serves as slave-2' },
    { node: 'db-3', startedAt: at(6), durationMs: 2, outcome: 'failed', note: 'qlink does not answer' },
    { node: 'db-4', startedAt: at(8), durationMs: null, outcome: 'open', note: null },
  ])
})

test('what was told before the journal began is missing, and nothing else', () => {
  const { epochs } = foldHistory(
    told(
      closed(7, 'db-3', 'db-3 (master) is gone'),
      ...failoverSteps,
      open(8, 'db-4'),
      ...ran('failover.repoint'),
    ),
  )
  expect(epochs.map(({ epoch, master, openedAt }) => [epoch, master, openedAt])).toEqual([
    [7, 'db-3', null],
    [8, 'db-4', at(13)],
  ])
})
