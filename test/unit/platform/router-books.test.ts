import { expect, test } from 'vitest'
import type { NodeName } from '../../../src/model/node.js'
import { countOfHistogram, sumOfRouterMetrics } from '../../../src/model/router-metrics.js'
import { RouterBooks } from '../../../src/platform/router-books.js'
import { topologyOf } from '../../support/topologies.js'

const [db1, db2] = ['db-1', 'db-2'] as NodeName[] as [NodeName, NodeName]

function booksOf(work: (books: RouterBooks) => void): RouterBooks {
  const books = new RouterBooks()
  books.adopt(topologyOf({ epoch: 1 }))
  work(books)
  return books
}

test('work is counted by the role that its node had when it was sent', () => {
  const books = booksOf((each) => {
    each.sent(db1, 'write')
    each.sent(db2, 'any')
    each.adopt(topologyOf({ epoch: 2, order: [2, 1, 3, 4] }))
    each.sent(db2, 'write')
    each.sent(db2, 'write')
    each.adopt(topologyOf({ epoch: 3 }))
    each.sent(db1, 'write')
  })

  expect(books.metrics(0).sent).toEqual([
    { node: 'db-1', role: 'master', kind: 'write', mode: 'master', count: 2 },
    { node: 'db-2', role: 'shadow', kind: 'read', mode: 'any', count: 1 },
    { node: 'db-2', role: 'master', kind: 'write', mode: 'master', count: 2 },
  ])
  expect(books.sentByNode()).toEqual({ 'db-1': 2, 'db-2': 3 })
  expect(books.metrics(0).epoch).toBe(3)
})

test('times of waiting fall into fixed buckets, the last one without an end', () => {
  const books = booksOf((each) => {
    for (const waitedMs of [0.2, 1, 1.1, 300, 60_000]) each.held(waitedMs)
  })
  const { holdMs } = books.metrics(0)

  expect(holdMs.counts).toHaveLength(holdMs.boundsMs.length + 1)
  expect(holdMs.counts.map((count, index) => [holdMs.boundsMs[index] ?? 'more', count])).toEqual(
    expect.arrayContaining([
      [1, 2],
      [3, 1],
      [300, 1],
      ['more', 1],
    ]),
  )
  expect(holdMs).toMatchObject({ sumMs: 60_302.3, maxMs: 60_000 })
})

test('the books of several data sources add up', () => {
  const one = booksOf((each) => {
    each.sent(db1, 'write')
    each.held(5)
    each.rejected('no-master')
    each.failed('elsewhere')
    each.failed('unknown')
    each.failed('final')
  }).metrics(1)
  const two = booksOf((each) => {
    each.adopt(topologyOf({ epoch: 4 }))
    each.sent(db1, 'write')
    each.held(7)
    each.rejected('no-master')
    each.rejected('queue-full')
    each.failed('again')
    each.failed('behind')
    each.failed('moved')
  }).metrics(2)

  const sum = sumOfRouterMetrics([one, two])

  expect(sum).toMatchObject({
    epoch: 4,
    sent: [{ node: 'db-1', role: 'master', kind: 'write', mode: 'master', count: 2 }],
    heldNow: 3,
    rejected: { 'no-master': 2, 'queue-full': 1 },
    retried: { elsewhere: 1, again: 1, moved: 1, behind: 1 },
    unknown: 1,
  })
  expect(countOfHistogram(sum.holdMs)).toBe(2)
  expect(sum.holdMs).toMatchObject({ sumMs: 12, maxMs: 7 })
  expect(sumOfRouterMetrics([])).toMatchObject({ epoch: 0, sent: [], heldNow: 0 })
})
