import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freeLease, holderAt, type LeaseEvent, stepLease } from '../../../src/protocol/lease.js'

const acquire = (holder: string, nowMs: number): LeaseEvent => ({
  kind: 'acquire',
  holder,
  ttlMs: 100,
  nowMs,
})

test('a lease is refused while somebody else holds it, and free when it has run out', () => {
  const { lease } = stepLease(freeLease, acquire('a', 0))

  expect(stepLease(lease, acquire('b', 99)).answer).toEqual({ kind: 'refused', holder: 'a', remainingMs: 1 })
  expect(stepLease(lease, acquire('b', 100)).answer).toEqual({ kind: 'granted', token: 2, expiresAtMs: 200 })
})

test('a holder that slept through the end of its lease cannot renew or release it', () => {
  const first = stepLease(freeLease, acquire('a', 0)).lease
  const second = stepLease(first, acquire('b', 150)).lease

  const renewal = stepLease(second, { kind: 'renew', holder: 'a', token: 1, ttlMs: 100, nowMs: 160 })
  expect(renewal.answer).toEqual({ kind: 'lost' })
  expect(holderAt(renewal.lease, 160)).toBe('b')
  expect(stepLease(second, { kind: 'release', holder: 'a', token: 1, nowMs: 160 }).answer).toEqual({
    kind: 'lost',
  })
})

test('a holder that was granted the lease again must use its new token', () => {
  const first = stepLease(freeLease, acquire('a', 0)).lease
  const again = stepLease(first, acquire('a', 10)).lease

  const renewal = stepLease(again, { kind: 'renew', holder: 'a', token: 1, ttlMs: 100, nowMs: 20 })

  expect(renewal.answer).toEqual({ kind: 'lost' })
})

test('a release frees it at once', () => {
  const { lease } = stepLease(freeLease, acquire('a', 0))

  const released = stepLease(lease, { kind: 'release', holder: 'a', token: 1, nowMs: 10 })

  expect(released.answer).toEqual({ kind: 'released' })
  expect(holderAt(released.lease, 10)).toBeNull()
})

test('whatever the order and the clock: one holder, growing tokens, and no lease outlives its last grant', () => {
  const events = fc.array(
    fc.record({
      kind: fc.constantFrom('acquire' as const, 'renew' as const, 'release' as const),
      holder: fc.constantFrom('a', 'b', 'c'),
      token: fc.nat(6),
      ttlMs: fc.integer({ min: 1, max: 200 }),
      stepMs: fc.integer({ min: -100, max: 150 }),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(events, (run) => {
      let lease = freeLease
      let nowMs = 1000
      for (const { stepMs, ...event } of run) {
        nowMs += stepMs
        const before = lease
        const step = stepLease(before, { ...event, nowMs })
        const holderBefore = holderAt(before, nowMs)
        lease = step.lease

        expect(lease.seenMs).toBeGreaterThanOrEqual(before.seenMs)
        expect(lease.token).toBeGreaterThanOrEqual(before.token)
        if (step.answer.kind === 'granted') {
          expect(step.answer.token).toBe(before.token + 1)
          expect([null, event.holder]).toContain(holderBefore)
          expect(holderAt(lease, nowMs)).toBe(event.holder)
        } else {
          expect(lease.token).toBe(before.token)
        }
        if (step.answer.kind === 'renewed') expect(holderBefore).toBe(event.holder)
        if (step.answer.kind === 'lost' || step.answer.kind === 'refused')
          expect(holderAt(lease, nowMs)).toBe(holderBefore)
        expect(lease.expiresAtMs).toBeLessThanOrEqual(
          Math.max(before.expiresAtMs, lease.seenMs + event.ttlMs),
        )
      }
    }),
  )
})
