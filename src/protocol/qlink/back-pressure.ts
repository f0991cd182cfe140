import type { QlinkLimits, QlinkState } from './state.js'

/**
 * Slows the writers down to the speed at which the shadow applies, so that a failover never has much left to do (I7).
 * A shadow that stands still, or does not answer, is no reason to stop the bank: it no longer holds anybody up, and the
 * status says so.
 */
export function backlogSeen(
  state: QlinkState,
  seen: { readonly backlogTransactions: number | null; readonly nowMs: number },
  limits: QlinkLimits,
): QlinkState {
  const { shadow } = state
  if (shadow === null) return { ...state, throttled: false }
  const backlog = seen.backlogTransactions
  const limit = state.throttled ? limits.backlogTransactionsMax / 2 : limits.backlogTransactionsMax
  if (backlog === null || backlog <= limit)
    return { ...state, throttled: false, shadow: { ...shadow, backlogTransactions: backlog, best: null } }
  const shrinks = shadow.best === null || backlog < shadow.best.transactions
  const best = shrinks || shadow.best === null ? { transactions: backlog, sinceMs: seen.nowMs } : shadow.best
  const stuck = seen.nowMs - best.sinceMs >= limits.stuckAfterMs
  return { ...state, throttled: !stuck, shadow: { ...shadow, backlogTransactions: backlog, best } }
}
