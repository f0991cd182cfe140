import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/kit/clock.js'
import { silent } from '../../../../src/kit/events.js'
import { compareSaved } from '../../../../src/load/compare/compare-saved.js'
import { runBlocks } from '../../../../src/load/compare/run-blocks.js'
import type { BlockSeen, CompareSide } from '../../../../src/load/compare/side.js'
import { requireLike, unlikenesses } from '../../../../src/load/compare/unlike.js'
import { benchSample } from '../../report/bench-sample.js'

const context = { clock: systemClock, emit: silent, signal: new AbortController().signal }

const block = (changes: Partial<BlockSeen> = {}): BlockSeen => ({
  ...{ startedAt: '', windowMs: 3000, noisyShare: 0, checks: [], result: benchSample(), notAFigure: null },
  figures: {
    ...{ ok: 3000, failed: 0, perSecond: 1000, p50Us: 1, p95Us: 2, p99Us: 3 },
    ...{ clientCpuUs: 4, totalCpuUs: 5 },
  },
  ...changes,
})

function side(
  label: string,
  calls: string[],
  seen: (index: number) => BlockSeen = () => block(),
): CompareSide {
  return {
    described: { label, scenario: 'db-read', driver: label, options: {} },
    measure: async (index) => {
      calls.push(label)
      return seen(index)
    },
  }
}

describe('blocks', () => {
  test('are measured in the order ABBA, and whole rounds count', async () => {
    const calls: string[] = []
    const sides = { a: side('a', calls), b: side('b', calls) }

    const seen = await runBlocks(sides, { rounds: 2, likeness: () => undefined }, context)

    expect(calls.join('')).toBe('abbaabba')
    expect(seen.blocks).toHaveLength(8)
    expect(seen.notAComparison).toBeNull()
  })

  test('end after the first of each side when these are unlike', async () => {
    const calls: string[] = []
    const other = benchSample({ settings: { ...benchSample().settings, durability: 'redo log flush 2' } })
    const sides = { a: side('a', calls), b: side('b', calls, () => block({ result: other })) }

    const run = runBlocks(sides, { rounds: 2, likeness: (first) => requireLike(first, new Set()) }, context)

    await expect(run).rejects.toMatchObject({ shape: { code: 'RUNS_UNLIKE' } })
    expect(calls.join('')).toBe('ab')
  })

  test('of which one is no figure make no comparison', async () => {
    const lost = { name: 'no lost ack', valid: false, summary: '1 write is missing' }
    const seenOf = (index: number) =>
      index === 1 ? block({ notAFigure: 'no lost ack: 1 write is missing', checks: [lost] }) : block()
    const sides = { a: side('a', []), b: side('b', [], seenOf) }

    const seen = await runBlocks(sides, { rounds: 1, likeness: () => undefined }, context)

    expect(seen.notAComparison).toBe('b: no lost ack: 1 write is missing')
    expect(seen.checks).toContainEqual(lost)
  })

  test('of a round that was cut short by Ctrl+C are not used', async () => {
    const stop = new AbortController()
    const seenOf = (index: number) => {
      if (index === 2) stop.abort()
      return block()
    }
    const sides = { a: side('a', [], seenOf), b: side('b', []) }

    const seen = await runBlocks(
      sides,
      { rounds: 3, likeness: () => undefined },
      { ...context, signal: stop.signal },
    )

    expect(seen.blocks).toHaveLength(4)
  })
})

describe('a side that fails', () => {
  const failing = (stop?: AbortController): CompareSide => ({
    ...side('b', []),
    measure: async (index) => {
      if (index < 2) return block()
      stop?.abort()
      throw new Error('sysbench was killed')
    },
  })
  const likeness = () => undefined

  test('ends the comparison with its error', async () => {
    const run = runBlocks({ a: side('a', []), b: failing() }, { rounds: 2, likeness }, context)

    await expect(run).rejects.toThrow('sysbench was killed')
  })

  test('because of Ctrl+C leaves the rounds that are whole', async () => {
    const stop = new AbortController()
    const sides = { a: side('a', []), b: failing(stop) }

    const seen = await runBlocks(sides, { rounds: 2, likeness }, { ...context, signal: stop.signal })

    expect(seen.blocks).toHaveLength(4)
  })
})

describe('unlike runs', () => {
  const run = benchSample()
  const withSettings = (changes: Partial<typeof run.settings>) =>
    benchSample({ settings: { ...run.settings, ...changes } })

  test.each([
    ['profile', withSettings({ profile: 'full' })],
    ['connections', withSettings({ connections: 51 })],
    ['data size', withSettings({ dataBytes: run.settings.dataBytes * 2 })],
    ['durability', withSettings({ durability: 'none' })],
    ['buffer pool', withSettings({ bufferPoolBytes: 1 })],
    ['host', benchSample({ host: { ...run.host, hostname: 'other' } })],
    ['driver', withSettings({ driver: 'mysql2' })],
    ['other settings', withSettings({ digest: 'another' })],
  ])('are refused, and %s is named', (what, other) => {
    expect(unlikenesses(run, other, new Set()).map((each) => each.what)).toEqual([what])
    expect(() => requireLike({ a: run, b: other }, new Set())).toThrow(what)
  })

  test('may differ in what they are compared for, and in a table that grew a little', () => {
    const other = withSettings({ driver: 'mysql2', dataBytes: run.settings.dataBytes * 1.05 })

    expect(unlikenesses(run, other, new Set(['driver']))).toEqual([])
  })
})

describe('saved runs', () => {
  const options = { labels: { a: 'old', b: 'new' }, wanted: new Set<never>(), repeats: [], command: '' }

  test('of the same thing at another time show no difference of ten percent', async () => {
    const run = benchSample()
    const series = run.load.classes.map((each) => ({ ...each, ok: Math.round(each.ok * 0.9) }))
    const later = benchSample({ load: { ...run.load, classes: series } })

    const comparison = await compareSaved({ a: later, b: run }, options, context)

    expect(comparison.how).toBe('saved')
    expect(comparison.ratios[0]!.withinRun!.estimate).toBeCloseTo(0.9, 2)
    expect(comparison.ratios[0]!.verdict).toBe('no-difference')
  })

  test('of half the rate do', async () => {
    const run = benchSample()
    const series = run.load.classes.map((each) => ({ ...each, ok: Math.round(each.ok * 0.5) }))
    const later = benchSample({ load: { ...run.load, classes: series } })

    const comparison = await compareSaved({ a: later, b: run }, options, context)

    expect(comparison.ratios[0]!.verdict).toBe('b-better')
    expect(comparison.gates).toEqual([])
  })
})
