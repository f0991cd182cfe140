import { present } from '../../kit/assert.js'
import type { EpochRecord } from '../../model/qlink.js'
import { closeLink } from './link.js'
import type { QlinkAnswer, QlinkEffect, QlinkRequest, QlinkState } from './state.js'

/** Works on the request at the head of the line until it has to wait for something. */
export function workOnRequests(before: QlinkState, effects: QlinkEffect[]): QlinkState {
  let state = before
  while (state.journaling === null) {
    const [ask] = state.requests
    if (ask === undefined) return state
    const next = workOn(state, ask, effects)
    if (next === null) return state
    const progressed = next !== state
    state = next
    if (!progressed || state.requests[0] === ask) return state
  }
  return state
}

/** The record is durable: now it is in force, and its request is answered. */
export function answerJournaled(before: QlinkState, effects: QlinkEffect[]): QlinkState {
  const record = present(before.journaling, 'record on its way')
  const state = { ...before, journaling: null }
  return answer(inForce(state, record), effects, doneOf)
}

export function answerJournalFailed(before: QlinkState, reason: string, effects: QlinkEffect[]): QlinkState {
  present(before.journaling, 'record on its way')
  return answer({ ...before, journaling: null }, effects, () => ({ kind: 'failed', reason }))
}

function inForce(state: QlinkState, record: EpochRecord): QlinkState {
  switch (record.kind) {
    case 'term':
      return { ...state, term: record.term }
    case 'open':
      return {
        ...state,
        epoch: record.epoch,
        phase: 'open',
        leader: record.leader,
        sealing: false,
        // What the former leader was told says nothing to this one.
        acknowledged: { gtid: '', transactions: 0, bytes: 0 },
        link: { ...state.link, retryAtMs: 0 },
      }
    case 'sealed':
      return { ...state, phase: 'sealed', sealing: false, shadow: null, throttled: false }
  }
}

/** null: it has to wait. */
function workOn(state: QlinkState, ask: QlinkRequest, effects: QlinkEffect[]): QlinkState | null {
  if (ask.kind === 'claim') return journal(state, { kind: 'term', term: state.term + 1 }, effects)
  if (ask.term < state.term) return answer(state, effects, () => ({ kind: 'term-old', newest: state.term }))
  switch (ask.kind) {
    case 'open':
      return open(state, ask, effects)
    case 'seal':
      return seal(state, ask, effects)
    case 'shadow': {
      const shadow = ask.address && { address: ask.address, backlogTransactions: null, best: null }
      return answer({ ...state, shadow, throttled: false }, effects, doneOf)
    }
  }
}

function open(state: QlinkState, ask: QlinkRequest & { kind: 'open' }, effects: QlinkEffect[]): QlinkState {
  const { epoch, leader, term } = ask
  const isOpen = state.phase === 'open'
  if (isOpen && !state.sealing && epoch === state.epoch && leader.node === state.leader?.node) {
    const moved = leader.host !== state.leader.host || leader.port !== state.leader.port
    const same = moved ? closeLink({ ...state, leader }, effects) : state
    return answer(same, effects, doneOf)
  }
  if (isOpen)
    return refuse(
      state,
      effects,
      `epoch ${state.epoch} of ${state.leader?.node} is open, and must be sealed first`,
    )
  if (epoch <= state.epoch)
    return refuse(state, effects, `epoch ${epoch} is not newer than epoch ${state.epoch}`)
  return journal(state, { kind: 'open', term, epoch, leader, from: state.durable.gtid }, effects)
}

function seal(
  state: QlinkState,
  ask: QlinkRequest & { kind: 'seal' },
  effects: QlinkEffect[],
): QlinkState | null {
  if (ask.epoch !== null && ask.epoch !== state.epoch)
    return refuse(state, effects, `epoch ${ask.epoch} is not the present one, ${state.epoch}`)
  if (state.phase !== 'open') return answer(state, effects, doneOf)
  const muted = closeLink({ ...state, sealing: true }, effects)
  // The end of the epoch is known when nothing more can come in and everything that came is durable.
  if (muted.link.state !== 'down' || muted.syncing) return muted
  if (muted.received.transactions !== muted.durable.transactions) return muted
  const { epoch, durable } = muted
  return journal(muted, { kind: 'sealed', term: ask.term, epoch, end: durable.gtid }, effects)
}

function journal(state: QlinkState, record: EpochRecord, effects: QlinkEffect[]): QlinkState {
  effects.push({ kind: 'journal', record })
  return { ...state, journaling: record }
}

function refuse(state: QlinkState, effects: QlinkEffect[], reason: string): QlinkState {
  return answer(state, effects, () => ({ kind: 'refused', reason }))
}

/** Answers the request at the head of the line and lets it go. */
function answer(
  state: QlinkState,
  effects: QlinkEffect[],
  answerOf: (state: QlinkState) => QlinkAnswer,
): QlinkState {
  const [ask, ...requests] = state.requests
  effects.push({ kind: 'reply', request: present(ask, 'request').request, answer: answerOf(state) })
  return { ...state, requests }
}

function doneOf(state: QlinkState): QlinkAnswer {
  return { kind: 'done', term: state.term, epoch: state.epoch, end: state.durable }
}
