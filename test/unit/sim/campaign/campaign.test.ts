import { expect, test } from 'vitest'
import { runCampaign } from '../../../../src/sim/campaign/campaign.js'
import { testContext } from '../../../support/fake-component.js'
import { ManualClock, settled } from '../../../support/manual-clock.js'
import { FakeRunner } from './fake-runner.js'

const job = { seconds: 60, plant: null, stopAtFirst: false }
const sixtyFour = { ...job, from: 1, seeds: 64 }

/** Lets the runners answer in turn, `order` by `order`, until the campaign is over. */
async function played<T>(
  campaign: Promise<T>,
  runners: readonly FakeRunner[],
  order: readonly number[],
): Promise<T> {
  let isOver = false
  const result = campaign.finally(() => {
    isOver = true
  })
  for (let turn = 0; !isOver && turn < 1000; turn++) {
    await settled()
    runners[order[turn % order.length]!]!.answer()
  }
  return result
}

test('what comes out does not depend on how many run it, nor on who is faster', async () => {
  const bad = [3, 17, 40]
  const results = []
  for (const order of [[0], [0, 1], [1, 1, 1, 0], [2, 1, 0, 2, 2]]) {
    const runners = Array.from({ length: Math.max(...order) + 1 }, () => new FakeRunner(bad))
    const { durationMs: _, ...result } = await played(
      runCampaign(sixtyFour, runners, testContext()),
      runners,
      order,
    )
    results.push(result)
  }

  expect(results[0]).toMatchObject({
    end: 'complete',
    totals: { seeds: 64, acknowledged: 320, violations: 3 },
  })
  expect(results[0]?.violations.map(({ seed }) => seed)).toEqual(bad)
  for (const result of results) expect(result).toEqual(results[0])
})

test('the first violation is the one with the lowest seed, even if a later one was met before', async () => {
  const runners = [new FakeRunner([5]), new FakeRunner([12])]
  const campaign = runCampaign({ ...sixtyFour, stopAtFirst: true }, runners, testContext())
  await settled()
  runners[1]?.answer()
  await settled()
  runners[0]?.answer()
  const result = await campaign

  expect(result).toMatchObject({ end: 'first-violation', totals: { seeds: 5, violations: 1 } })
  expect(result.violations).toMatchObject([{ seed: 5, invariant: 'I4' }])
  expect(runners.every(({ isEnded }) => isEnded)).toBe(true)
})

test('who is stopped keeps what is complete: seeds without a gap', async () => {
  const stop = new AbortController()
  const runners = [new FakeRunner(), new FakeRunner()]
  const campaign = runCampaign(sixtyFour, runners, testContext(stop.signal))
  await settled()
  runners[0]?.answer()
  await settled()
  // The second chunk is missing, so that the third does not count.
  runners[0]?.answer()
  await settled()
  stop.abort()

  expect(await campaign).toMatchObject({ end: 'interrupted', totals: { seeds: 8 } })
  expect(runners.every(({ isEnded }) => isEnded)).toBe(true)
})

test('stopped before it began, it runs nothing', async () => {
  const runner = new FakeRunner()
  const result = await runCampaign(sixtyFour, [runner], testContext(AbortSignal.abort()))

  expect(result).toMatchObject({ end: 'interrupted', totals: { seeds: 0 } })
  expect(runner.chunks).toEqual([])
})

test('a time limit leaves out what would come later', async () => {
  const clock = new ManualClock()
  const runner = new FakeRunner()
  const campaign = runCampaign({ ...sixtyFour, limitMs: 1000 }, [runner], { ...testContext(), clock })
  await settled()
  clock.advance(1001)
  runner.answer()

  expect(await campaign).toMatchObject({ end: 'time-limit', totals: { seeds: 1 } })
})

test('a runner that dies is an error, and the others are ended', async () => {
  const runners = [new FakeRunner(), new FakeRunner()]
  const campaign = runCampaign(sixtyFour, runners, testContext())
  await settled()
  runners[1]?.fail(new Error('out of memory'))

  await expect(campaign).rejects.toThrow('out of memory')
  expect(runners.every(({ isEnded }) => isEnded)).toBe(true)
})

test('a slow runner is not left behind without bound', async () => {
  const runners = [new FakeRunner(), new FakeRunner()]
  const stop = new AbortController()
  const campaign = runCampaign({ ...job, from: 1, seeds: 100_000 }, runners, testContext(stop.signal))
  for (let turn = 0; turn < 200; turn++) {
    await settled()
    runners[1]?.answer()
  }
  const handedOut = runners.flatMap(({ chunks }) => chunks).reduce((sum, { count }) => sum + count, 0)
  stop.abort()
  await campaign

  expect(handedOut).toBeGreaterThan(100)
  expect(handedOut).toBeLessThan(1000)
})
