import { expect, test } from 'vitest'
import { CallDeadlines } from '../../../src/platform/call-deadlines.js'
import { ManualClock, settled } from '../../support/manual-clock.js'

const late = () => new Error('late')
const never = new Promise<string>(() => undefined)

test('work that ends in time gives its value, or its error', async () => {
  const deadlines = new CallDeadlines(new ManualClock())

  await expect(deadlines.within(100, Promise.resolve('done'), late)).resolves.toBe('done')
  await expect(deadlines.within(100, Promise.reject(new Error('broken')), late)).rejects.toThrow('broken')
})

test('each call is given up at its own time, and not before', async () => {
  const clock = new ManualClock()
  const deadlines = new CallDeadlines(clock)
  const ended: string[] = []
  for (const limitMs of [100, 40])
    deadlines.within(limitMs, never, late).catch(() => ended.push(`${limitMs}`))

  const after: string[][] = []
  for (const ms of [20, 20, 20, 40]) {
    await clock.advance(ms)
    await settled()
    after.push([...ended])
  }
  expect(after).toEqual([[], ['40'], ['40'], ['40', '100']])
})

test('a call that comes after all others have ended has a time limit too', async () => {
  const clock = new ManualClock()
  const deadlines = new CallDeadlines(clock)
  await deadlines.within(100, Promise.resolve('done'), late)
  await clock.advance(20)
  await settled()

  const waiting = expect(deadlines.within(10, never, late)).rejects.toThrow('late')
  await clock.advance(20)
  await waiting
})
