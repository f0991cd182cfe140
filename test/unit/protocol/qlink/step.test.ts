import { expect, test } from 'vitest'
import type { NodeName } from '../../../../src/model/node.js'
import type { LogEnd, NodeAddress } from '../../../../src/model/qlink.js'
import type { QlinkEffect, QlinkEvent, QlinkState } from '../../../../src/protocol/qlink/state.js'
import { defaultQlinkLimits, initialQlinkState } from '../../../../src/protocol/qlink/state.js'
import { stepQlink } from '../../../../src/protocol/qlink/step.js'

const leader: NodeAddress = { node: 'db-1' as NodeName, host: '127.0.0.1', port: 1 }
const other: NodeAddress = { node: 'db-2' as NodeName, host: '127.0.0.1', port: 2 }

function end(transactions: number): LogEnd {
  return { gtid: transactions === 0 ? '' : `0-1-${transactions}`, transactions, bytes: transactions * 100 }
}

/** Feeds the events in turn; returns the last state and every effect. */
function run(events: readonly QlinkEvent[], from: QlinkState = initialQlinkState) {
  const effects: QlinkEffect[] = []
  let state = from
  for (const event of events) {
    const step = stepQlink(state, event, defaultQlinkLimits)
    state = step.state
    effects.push(...step.effects)
  }
  return { state, effects, kinds: effects.map((each) => each.kind) }
}

const opening: readonly QlinkEvent[] = [
  { kind: 'asked', ask: { kind: 'open', request: 1, term: 0, epoch: 1, leader }, nowMs: 0 },
  { kind: 'journaled', nowMs: 1 },
  { kind: 'linked', link: 1 },
]

test('the record of an epoch is durable before anybody is connected to, and the reply comes after it', () => {
  const asked = run(opening.slice(0, 1))
  expect(asked.kinds).toEqual(['journal'])
  const journaled = run(opening.slice(1, 2), asked.state)
  expect(journaled.kinds).toEqual(['reply', 'link'])
})

test('nothing is acknowledged before it is synced, and one acknowledgement stands for all before it', () => {
  const received = run([...opening, { kind: 'received', link: 1, end: end(3) }])
  expect(received.kinds).not.toContain('acknowledge')
  const more = run([{ kind: 'received', link: 1, end: end(7) }], received.state)
  expect(more.kinds).toEqual([])
  const synced = run([{ kind: 'synced', end: end(3), nowMs: 5 }], more.state)
  expect(synced.effects).toEqual([{ kind: 'sync' }, { kind: 'acknowledge', link: 1, upTo: end(3) }])
})

test('from the moment a seal is asked for nothing is acknowledged, and its end holds all that came in', () => {
  const muted = run([
    ...opening,
    { kind: 'received', link: 1, end: end(3) },
    { kind: 'asked', ask: { kind: 'seal', request: 2, term: 0, epoch: 1 }, nowMs: 6 },
    { kind: 'synced', end: end(3), nowMs: 7 },
    { kind: 'received', link: 1, end: end(4) },
  ])
  expect(muted.kinds).not.toContain('acknowledge')
  expect(muted.kinds.filter((kind) => kind === 'journal')).toHaveLength(1)
  const sealed = run(
    [
      { kind: 'unlinked', link: 1, nowMs: 8 },
      { kind: 'synced', end: end(4), nowMs: 9 },
      { kind: 'journaled', nowMs: 10 },
    ],
    muted.state,
  )
  expect(sealed.effects.filter((each) => each.kind !== 'wake').slice(-2)).toMatchObject([
    { kind: 'journal', record: { kind: 'sealed', epoch: 1, end: '0-1-4' } },
    { kind: 'reply', request: 2, answer: { kind: 'done', epoch: 1, end: end(4) } },
  ])
  expect(sealed.state.phase).toBe('sealed')
})

test('a seal that cannot be written is answered so, and nothing is acknowledged afterwards all the same', () => {
  const { state, effects } = run([
    ...opening,
    { kind: 'asked', ask: { kind: 'seal', request: 2, term: 0, epoch: null }, nowMs: 6 },
    { kind: 'unlinked', link: 1, nowMs: 8 },
    { kind: 'journal-failed', reason: 'no space', nowMs: 9 },
    { kind: 'tick', nowMs: 5000 },
  ])
  expect(effects).toContainEqual({
    kind: 'reply',
    request: 2,
    answer: { kind: 'failed', reason: 'no space' },
  })
  expect(state.sealing).toBe(true)
  expect(effects.filter((each) => each.kind === 'link')).toHaveLength(1)
})

test('an open epoch, a used epoch and an older keeper are refused', () => {
  const open = run(opening).state
  const answerTo = (state: QlinkState, ask: Parameters<typeof asked>[0]) =>
    run([asked(ask)], state).effects.find((each) => each.kind === 'reply')
  expect(answerTo(open, { kind: 'open', request: 9, term: 0, epoch: 2, leader: other })).toMatchObject({
    answer: { kind: 'refused' },
  })
  const sealed = run(
    [
      asked({ kind: 'seal', request: 2, term: 0, epoch: 1 }),
      { kind: 'unlinked', link: 1, nowMs: 8 },
      { kind: 'journaled', nowMs: 9 },
    ],
    open,
  ).state
  expect(answerTo(sealed, { kind: 'open', request: 9, term: 0, epoch: 1, leader })).toMatchObject({
    answer: { kind: 'refused' },
  })
  const claimed = run([asked({ kind: 'claim', request: 3 }), { kind: 'journaled', nowMs: 9 }], sealed).state
  expect(answerTo(claimed, { kind: 'open', request: 9, term: 0, epoch: 2, leader: other })).toMatchObject({
    answer: { kind: 'term-old', newest: 1 },
  })
})

test('after a failed sync the log is cut, the link closed, and nothing connects before the disk was repaired', () => {
  const failed = run([
    ...opening,
    { kind: 'received', link: 1, end: end(3) },
    { kind: 'sync-failed', reason: 'EIO', nowMs: 5 },
    { kind: 'received', link: 1, end: end(4) },
    { kind: 'unlinked', link: 1, nowMs: 6 },
    { kind: 'tick', nowMs: 1000 },
  ])
  expect(failed.state.received).toEqual(end(0))
  expect(failed.kinds.slice(-1)).toEqual(['repair'])
  expect(run([{ kind: 'repaired', nowMs: 1001 }], failed.state).effects).toEqual([
    { kind: 'link', link: 2, leader, from: '' },
  ])
})

test('acknowledgements wait for a shadow that falls behind, but not for one that stands still', () => {
  const shadow = run([
    ...opening,
    asked({ kind: 'shadow', request: 4, term: 0, address: other }),
    { kind: 'applied', backlogTransactions: 5000, nowMs: 10 },
    { kind: 'received', link: 1, end: end(3) },
    { kind: 'synced', end: end(3), nowMs: 12 },
  ])
  expect(shadow.kinds).not.toContain('acknowledge')
  const shrinks = run([{ kind: 'applied', backlogTransactions: 900, nowMs: 20 }], shadow.state)
  expect(shrinks.effects).toEqual([{ kind: 'acknowledge', link: 1, upTo: end(3) }])
  const stands = run([{ kind: 'applied', backlogTransactions: 5000, nowMs: 5010 }], shadow.state)
  expect(stands.effects).toEqual([{ kind: 'acknowledge', link: 1, upTo: end(3) }])
})

test('a heartbeat of the leader repeats the last acknowledgement, which may have been lost', () => {
  const { effects } = run([
    ...opening,
    { kind: 'received', link: 1, end: end(3) },
    { kind: 'synced', end: end(3), nowMs: 5 },
    { kind: 'caught-up', link: 1 },
  ])
  expect(effects.filter((each) => each.kind === 'acknowledge')).toHaveLength(2)
})

function asked(ask: (QlinkEvent & { kind: 'asked' })['ask']): QlinkEvent {
  return { kind: 'asked', ask, nowMs: 7 }
}
