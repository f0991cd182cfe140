/**
 * A claim on one thing that ends by itself. Whoever grants it keeps one of these; whoever holds it keeps a copy that
 * counts from when the request was *sent*, and so never believes in it longer than the granter does.
 *
 * Time comes with the events and never goes back: an earlier time counts as the latest one seen. Every grant has a
 * larger token than all before, so that a resource can refuse a holder that slept through the end of its lease.
 */
export interface Lease {
  readonly holder: string | null
  /** The token of the latest grant; 0 before the first. */
  readonly token: number
  readonly expiresAtMs: number
  readonly seenMs: number
}

export type LeaseEvent =
  | { readonly kind: 'acquire'; readonly holder: string; readonly ttlMs: number; readonly nowMs: number }
  | {
      readonly kind: 'renew'
      readonly holder: string
      readonly token: number
      readonly ttlMs: number
      readonly nowMs: number
    }
  | { readonly kind: 'release'; readonly holder: string; readonly token: number; readonly nowMs: number }

export type LeaseAnswer =
  | { readonly kind: 'granted'; readonly token: number; readonly expiresAtMs: number }
  | { readonly kind: 'renewed'; readonly expiresAtMs: number }
  /** Somebody else holds it for `remainingMs` more. */
  | { readonly kind: 'refused'; readonly holder: string; readonly remainingMs: number }
  /** The lease that was to be renewed or released is over. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'released' }

export interface LeaseStep {
  readonly lease: Lease
  readonly answer: LeaseAnswer
}

export const freeLease: Lease = Object.freeze({ holder: null, token: 0, expiresAtMs: 0, seenMs: 0 })

export function stepLease(before: Lease, event: LeaseEvent): LeaseStep {
  const seenMs = Math.max(before.seenMs, event.nowMs)
  const lease = { ...before, seenMs }
  switch (event.kind) {
    case 'acquire':
      return acquire(lease, event)
    case 'renew': {
      if (!isHeldBy(lease, event)) return { lease, answer: { kind: 'lost' } }
      const expiresAtMs = Math.max(lease.expiresAtMs, seenMs + event.ttlMs)
      return { lease: { ...lease, expiresAtMs }, answer: { kind: 'renewed', expiresAtMs } }
    }
    case 'release':
      if (!isHeldBy(lease, event)) return { lease, answer: { kind: 'lost' } }
      return { lease: { ...lease, holder: null, expiresAtMs: seenMs }, answer: { kind: 'released' } }
  }
}

/** Who holds it at `nowMs`; null when it is free or over. */
export function holderAt(lease: Lease, nowMs: number): string | null {
  return Math.max(nowMs, lease.seenMs) < lease.expiresAtMs ? lease.holder : null
}

function acquire(lease: Lease, event: { holder: string; ttlMs: number }): LeaseStep {
  const { seenMs } = lease
  const holder = holderAt(lease, seenMs)
  if (holder !== null && holder !== event.holder)
    return { lease, answer: { kind: 'refused', holder, remainingMs: lease.expiresAtMs - seenMs } }
  const token = lease.token + 1
  const expiresAtMs = seenMs + event.ttlMs
  return {
    lease: { holder: event.holder, token, expiresAtMs, seenMs },
    answer: { kind: 'granted', token, expiresAtMs },
  }
}

function isHeldBy(lease: Lease, claim: { holder: string; token: number }): boolean {
  return holderAt(lease, lease.seenMs) === claim.holder && lease.token === claim.token
}
