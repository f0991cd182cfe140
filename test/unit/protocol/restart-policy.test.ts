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
