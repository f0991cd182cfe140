import { assert } from '../../kit/assert.js'
import { backlogSeen } from './back-pressure.js'
import { closeLink } from './link.js'
import { answerJournaled, answerJournalFailed, workOnRequests } from './requests.js'
import type { QlinkEffect, QlinkEvent, QlinkLimits, QlinkState, QlinkStep } from './state.js'
import { initialQlinkState } from './state.js'

/**
 * qlink's decisions: what may be acknowledged, to whom, and from when on never again. Pure: the driver performs the
 * effects in their order, and tells what became of them. It holds
 *
 * - I1: `acknowledge` never goes beyond what is durable;
 * - I2: only while the epoch is open and its record is durable, only on its leader's link, and never again from the
 *   moment a seal is asked for;
 * - I7: not while the shadow's backlog is beyond the limit.
 *
 * The receiver that acknowledges after its sync is that of semi-synchronous replication, AFTER_SYNC
 * (https://mariadb.com/kb/en/semisynchronous-replication/).
 */
export function stepQlink(before: QlinkState, event: QlinkEvent, limits: QlinkLimits): QlinkStep {
  const effects: QlinkEffect[] = []
  let state = onEvent(before, event, { limits, effects })
  const nowMs = 'nowMs' in event ? event.nowMs : null
  state = workOnRequests(state, effects)
  state = syncIfDue(state, effects)
  state = linkIfDue(state, { nowMs, effects })
  state = acknowledgeIfDue(state, { repeat: event.kind === 'caught-up', effects })
  return { state, effects }
}

interface Surroundings {
  readonly limits: QlinkLimits
  readonly effects: QlinkEffect[]
}

function onEvent(state: QlinkState, event: QlinkEvent, around: Surroundings): QlinkState {
  switch (event.kind) {
    case 'recovered': {
      const { term, epoch, phase, leader, end } = event
      // What is on the disk at a start was found whole there and synced by the recovery.
      return { ...initialQlinkState, term, epoch, phase, leader, received: end, durable: end }
    }
    case 'asked':
      return { ...state, requests: [...state.requests, event.ask] }
    case 'journaled':
      return answerJournaled(state, around.effects)
    case 'journal-failed':
      return answerJournalFailed(state, event.reason, around.effects)
    case 'synced':
      assert(state.syncing, 'synced without a sync')
      return { ...state, syncing: false, durable: event.end }
    case 'sync-failed':
      return onDiskFailed({ ...state, syncing: false, received: state.durable }, event, around)
    case 'repaired':
      return { ...state, repairing: false, diskError: null }
    case 'repair-failed':
      return onDiskFailed({ ...state, repairing: false }, event, around)
    case 'applied':
      return backlogSeen(state, event, around.limits)
    case 'tick':
      if (state.diskError === null || state.repairing || state.syncing) return state
      around.effects.push({ kind: 'repair' })
      return { ...state, repairing: true }
    case 'linked':
    case 'unlinked':
    case 'received':
    case 'caught-up':
      return event.link === state.link.id ? onLink(state, event, around) : state
  }
}

type LinkEvent = Extract<QlinkEvent, { readonly link: number }>

function onLink(state: QlinkState, event: LinkEvent, { limits, effects }: Surroundings): QlinkState {
  const { link } = state
  switch (event.kind) {
    case 'linked':
      return link.state === 'connecting' ? { ...state, link: { ...link, state: 'receiving' } } : state
    case 'unlinked': {
      const retryAtMs = event.nowMs + limits.retryAfterMs
      // A link that was closed on purpose is followed by the next one without a pause.
      const mayRetryAtMs = link.state === 'closing' ? event.nowMs : retryAtMs
      if (state.phase === 'open') effects.push({ kind: 'wake', atMs: mayRetryAtMs })
      return { ...state, link: { ...link, state: 'down', retryAtMs: mayRetryAtMs } }
    }
    case 'received':
      // After a disk failure the log was cut: what a closing link still delivers would leave a gap.
      if (state.diskError !== null) return state
      assert(event.end.transactions >= state.received.transactions, 'the log went back')
      return { ...state, received: event.end }
    case 'caught-up':
      return state
  }
}

function onDiskFailed(
  state: QlinkState,
  event: { readonly reason: string; readonly nowMs: number },
  { limits, effects }: Surroundings,
): QlinkState {
  effects.push({ kind: 'wake', atMs: event.nowMs + limits.retryAfterMs })
  return closeLink({ ...state, diskError: event.reason }, effects)
}

function syncIfDue(state: QlinkState, effects: QlinkEffect[]): QlinkState {
  if (state.syncing || state.diskError !== null) return state
  if (state.received.transactions === state.durable.transactions) return state
  effects.push({ kind: 'sync' })
  return { ...state, syncing: true }
}

/** Only from a durable end: a position that a crash could take back would be taken for an acknowledgement (hole H9). */
function linkIfDue(
  state: QlinkState,
  { nowMs, effects }: { readonly nowMs: number | null; readonly effects: QlinkEffect[] },
): QlinkState {
  const { link, leader, durable } = state
  if (state.phase !== 'open' || state.sealing || leader === null || state.diskError !== null) return state
  if (link.state !== 'down' || state.syncing || state.received.transactions !== durable.transactions)
    return state
  if (nowMs === null || nowMs < link.retryAtMs) return state
  const id = link.id + 1
  effects.push({ kind: 'link', link: id, leader, from: durable.gtid })
  return { ...state, link: { id, state: 'connecting', retryAtMs: 0 } }
}

function acknowledgeIfDue(
  state: QlinkState,
  { repeat, effects }: { readonly repeat: boolean; readonly effects: QlinkEffect[] },
): QlinkState {
  const { durable, link } = state
  if (state.phase !== 'open' || state.sealing || state.throttled || link.state !== 'receiving') return state
  if (durable.transactions === 0) return state
  // A repetition stands for everything the leader has sent, so all of that must be durable.
  const isNews = durable.transactions > state.acknowledged.transactions
  if (!isNews && !(repeat && state.received.transactions === durable.transactions)) return state
  effects.push({ kind: 'acknowledge', link: link.id, upTo: durable })
  return { ...state, acknowledged: durable }
}
