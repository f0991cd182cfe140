import { describe, expect, test } from 'vitest'
import { compareLines } from '../../../src/cli/render/bench/compare.js'
import { compareRunsLines } from '../../../src/cli/render/bench/compare-runs.js'
import { figuresLines } from '../../../src/cli/render/bench/figures.js'
import { measuredFigure } from '../../../src/load/compare/reference-figures.js'
import { referenceFigures } from '../../../src/load/reference-platform.js'
import type { BenchFigures } from '../../../src/model/bench-figures.js'
import { benchSample } from '../report/bench-sample.js'
import { compareSample } from '../report/compare-sample.js'
import { colorScreen, plainScreen } from './screens.js'

const place = { dir: '/home/lin/bank/.corelab/default/reports/bench/x', cwd: '/home/lin/bank' }
const linesOf = (comparison = compareSample()) => compareLines(comparison, place, plainScreen)
const widest = (lines: readonly string[]) =>
  Math.max(...lines.filter((line) => !line.startsWith('  Again')).map((line) => line.length))

describe('a comparison on the terminal', () => {
  test('has each measure as a ratio with its interval, the gates, and what it was measured under', () => {
    const text = linesOf().join('\n')

    expect(text).toMatch(/^wire : sysbench {3}db-read {3}\(16 blocks in 4 ABBA rounds\)$/m)
    expect(text).toMatch(/^per second +18,\d+ +20,\d+ +0\.(89|90)\d +0\.\d+ to 0\.\d+ +sysbench better$/m)
    expect(text).toMatch(/^client CPU\/op .* wire better$/m)
    expect(text).toMatch(/^MISSED +per second at least 1: /m)
    expect(text).toContain('qlink fsync before every OK')
    expect(text).toContain('a claim needs three')
    expect(widest(linesOf())).toBeLessThanOrEqual(80)
  })

  test('that claims nothing says so first', () => {
    const lines = linesOf(compareSample({ notAComparison: 'sysbench: an ack was lost' }))

    expect(lines[1]).toContain('No comparison: sysbench: an ack was lost')
  })

  test('of sides with long names has letters in its columns', () => {
    const { sides } = compareSample()
    const long = { ...sides.a, label: '2026-11-23T05-58-25Z-db-read' }
    const lines = linesOf(compareSample({ sides: { a: long, b: sides.b } }))

    expect(lines).toContain('A = 2026-11-23T05-58-25Z-db-read')
    expect(widest(lines)).toBeLessThanOrEqual(80)
  })
})

describe('the reference table on the terminal', () => {
  const run = benchSample()
  const figures: BenchFigures = {
    ...{ schema: 'corelab/bench-figures@1', id: 'f', startedAt: '', command: 'corelab bench figures' },
    ...{ corelab: run.corelab, host: run.host, profile: 'small', users: 200 },
    measured: referenceFigures.map((each, index) =>
      measuredFigure(each, index === 0 ? { result: run, dir: '/x' } : null),
    ),
    customers: { reference: 15_000_000, loaded: 100_000 },
    projected: {
      target: { name: 'db-x86', words: '32 cores', isExample: true },
      reason: null,
      rows: [
        {
          ...{
            name: 'reads',
            unit: 'QPS',
            reference: 200_000,
            median: 541_234,
            low: 262_000,
            high: 1_147_000,
          },
          ...{ chance: 0.99, binding: 'CPU of the readers' },
        },
      ],
    },
  }

  test('sets reference, this host, ratio and per core side by side', () => {
    const lines = figuresLines(figures, place, plainScreen)

    expect(lines.join('\n')).toMatch(/^reads QPS +200,000 +20,\d+ +[\d,]+ to [\d,]+ +0\.101 +10,\d+ +7$/m)
    expect(lines.join('\n')).toMatch(/^writes QPS +30,000 +no figure/m)
    expect(lines.join(' ').replaceAll(/ +/g, ' ')).toContain('in a buffer pool of 256 MiB')
    expect(widest(lines)).toBeLessThanOrEqual(80)
  })

  test('never shows a projected number in the colour or the column of a measured one', () => {
    const lines = figuresLines(figures, place, colorScreen)
    const caution = colorScreen.paint.caution
    const at = lines.findIndex((line) => line.includes('PROJECTED'))
    const projected = lines.slice(at).join('\n')
    const measured = lines.slice(0, at).join('\n')

    expect(projected).toContain(caution('~541,234'))
    expect(projected).not.toContain('20,1')
    expect(measured).not.toContain('~')
    expect(measured).not.toContain(caution(' ').split(' ')[0])
  })
})

describe('several runs of a comparison on the terminal', () => {
  const runs = ['2026-11-23T05:00:00.000Z', '2026-11-23T05:02:00.000Z'].map((startedAt) => ({
    comparison: compareSample({ startedAt }),
  }))

  test('are told one by one, each with the interval within it', () => {
    const lines = compareRunsLines(runs, 2, plainScreen)

    expect(lines[1]).toMatch(/^ +1 +2026-11-23T05:00:00Z +0\.\d+ +0\.\d+ to 0\.\d+ +\w+$/)
    expect(lines[2]).toMatch(/^ +2 +2026-11-23T05:02:00Z /)
    expect(widest(lines)).toBeLessThanOrEqual(80)
  })

  test('that are fewer than were wanted say so', () => {
    expect(compareRunsLines(runs, 3, plainScreen)[0]).toBe('2 of 3 runs were made.')
  })

  test('say which of them claims nothing', () => {
    const cut = { comparison: compareSample({ notAComparison: 'an ack was lost', ratios: [] }) }

    expect(compareRunsLines([cut], 1, plainScreen)[1]).toMatch(/ - +too few blocks +no comparison$/)
  })
})
