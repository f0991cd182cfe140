import { expect, test } from 'vitest'
import { decideRestart, restartsMax, restartWindowMs } from '../../../src/protocol/restart-policy.js'

test('a crash loop is ended after a few attempts', () => {
  let attempts: readonly number[] = []
  for (let crash = 0; crash < restartsMax; crash++) {
    const decision = decideRestart(attempts, crash)
    expect(decision.restart).toBe(true)
    attempts = decision.attemptsAtMs
  }

  expect(decideRestart(attempts, restartsMax).restart).toBe(false)
})

test('crashes far apart are forgotten', () => {
  const old = Array.from({ length: restartsMax }, (_, crash) => crash)

  expect(decideRestart(old, restartWindowMs + restartsMax)).toEqual({
    restart: true,
    attemptsAtMs: [restartWindowMs + restartsMax],
    delayMs: 0,
  })
})
