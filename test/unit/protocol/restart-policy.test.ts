import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideRestart, restartsMax, restartWindowMs } from '../../../src/protocol/restart-policy.js'

test('a crash loop is ended after a few attempts', () => {
  let attempts: readonly number[] = []
  for (let crash = 0; crash < restartsMax; crash++) {
    const decision = decideRestart(attempts, { atMs: crash, indispensable: false })
    expect(decision.restart).toBe(true)
    attempts = decision.attemptsAtMs
  }

  expect(decideRestart(attempts, { atMs: restartsMax, indispensable: false }).restart).toBe(false)
})

test('crashes far apart are forgotten', () => {
  const old = Array.from({ length: restartsMax }, (_, crash) => crash)

  expect(decideRestart(old, { atMs: restartWindowMs + restartsMax, indispensable: false })).toEqual({
    restart: true,
    attemptsAtMs: [restartWindowMs + restartsMax],
    delayMs: 0,
  })
})

test('what nothing can go on without is tried for ever, with bounded pauses', () => {
  let attempts: readonly number[] = []
  for (let crash = 0; crash < 100; crash++) {
    const decision = decideRestart(attempts, { atMs: crash, indispensable: true })
    expect(decision.restart).toBe(true)
    expect(decision.delayMs).toBeLessThanOrEqual(2000)
    attempts = decision.attemptsAtMs
  }
})

test('whenever it crashes: no window holds more starts than allowed, and a quiet one gives a new chance', () => {
  const crash = fc.record({ afterMs: fc.nat(restartWindowMs / 3), indispensable: fc.boolean() })
  fc.assert(
    fc.property(fc.array(crash, { maxLength: 40 }), (crashes) => {
      let attempts: readonly number[] = []
      let atMs = 0
      const startedAtMs: number[] = []
      for (const { afterMs, indispensable } of crashes) {
        atMs += afterMs
        const inWindow = startedAtMs.filter((startMs) => atMs - startMs < restartWindowMs)
        const decision = decideRestart(attempts, { atMs, indispensable })
        attempts = decision.attemptsAtMs

        expect(decision.restart).toBe(indispensable || inWindow.length < restartsMax)
        expect(decision.delayMs === 0).toBe(!decision.restart || inWindow.length === 0)
        if (decision.restart) startedAtMs.push(atMs)
        expect(attempts).toEqual(startedAtMs.filter((startMs) => atMs - startMs < restartWindowMs))
      }
    }),
  )
})
