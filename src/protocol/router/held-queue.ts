import { afterFinding, findNode, sendTo, type Wait } from './find-node.js'
import type { Asking, RouterEffect, RouterLimits, RouterState, RouterStep } from './state.js'
import type { HeldRequest } from './wish.js'

/** Puts a wish that has no node at the end of the queue; refuses it when its time is over or the queue is full. */
export function hold(state: RouterState, wish: Asking, wait: Wait, limits: RouterLimits): RouterStep {
  const waitsForTruth = wait.waitsFor === 'truth'
  const retryAtMs = waitsForTruth ? wish.nowMs + limits.retryAfterMs : null
  const step = enqueue(state, wish, { waitsFor: wait.waitsFor, retryAtMs }, limits)
  return waitsForTruth ? { ...step, effects: [...step.effects, { kind: 'resolve' }] } : step
}

/** The same for a request that its node turned away: a moment later it may be taken. */
export function holdBounced(state: RouterState, wish: Asking, limits: RouterLimits): RouterStep {
  const retryAtMs = wish.nowMs + limits.retryAfterMs
  const step = enqueue(state, wish, { waitsFor: 'retry', retryAtMs }, limits)
  // It may turn away because it was replaced: who asks hears of it before the news arrives by itself.
  return { ...step, effects: [...step.effects, { kind: 'resolve' }] }
}

/** Rejects what is past its deadline; lets go, in order, what may go and finds a node. */
export function releaseHeld(
  from: RouterStep,
  nowMs: number,
  mayGo: (each: HeldRequest) => boolean,
  limits: RouterLimits,
): RouterStep {
  if (from.state.held.length === 0) return from
  let { state } = from
  const kept: HeldRequest[] = []
  const effects: RouterEffect[] = [...from.effects]
  for (const each of state.held) {
    if (each.deadlineMs <= nowMs) {
      effects.push(expired(state, each))
    } else if (!mayGo(each)) {
      kept.push(each)
    } else {
      const found = findNode(state, { ...each, nowMs }, limits)
      if (found.kind === 'node') {
        effects.push(sendTo(found, each, state))
        state = afterFinding(state, found)
      } else {
        const retryAtMs = found.waitsFor === 'truth' ? nowMs + limits.retryAfterMs : null
        kept.push({ ...each, waitsFor: found.waitsFor, retryAtMs })
      }
    }
  }
  if (kept.some((each) => each.waitsFor === 'truth')) effects.push({ kind: 'resolve' })
  const next = earliest(kept)
  if (next !== null) effects.push({ kind: 'wake', atMs: next })
  return { state: { ...state, held: kept }, effects }
}

export function isDue(each: HeldRequest, nowMs: number): boolean {
  return each.retryAtMs !== null && each.retryAtMs <= nowMs
}

function enqueue(
  state: RouterState,
  wish: Asking,
  waiting: Pick<HeldRequest, 'waitsFor' | 'retryAtMs'>,
  limits: RouterLimits,
): RouterStep {
  const { request, mode, deadlineMs, maxLagMs, minEpoch, avoid } = wish
  const entry: HeldRequest = { request, mode, deadlineMs, maxLagMs, minEpoch, avoid, ...waiting }
  if (wish.nowMs >= deadlineMs) return { state, effects: [expired(state, entry)] }
  if (state.held.length >= limits.heldMax)
    return { state, effects: [{ kind: 'reject', request, reason: 'queue-full' }] }
  return {
    state: { ...state, held: [...state.held, entry] },
    effects: [{ kind: 'wake', atMs: wakeTime(entry) }],
  }
}

function expired({ topology }: RouterState, { request, waitsFor }: HeldRequest): RouterEffect {
  if (topology === null) return { kind: 'reject', request, reason: 'no-topology' }
  return { kind: 'reject', request, reason: waitsFor === 'truth' ? 'unconfirmed' : 'no-master' }
}

function earliest(held: readonly HeldRequest[]): number | null {
  let next: number | null = null
  for (const each of held) next = Math.min(next ?? wakeTime(each), wakeTime(each))
  return next
}

function wakeTime(each: HeldRequest): number {
  return Math.min(each.deadlineMs, each.retryAtMs ?? each.deadlineMs)
}
