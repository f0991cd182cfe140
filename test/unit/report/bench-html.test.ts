import { describe, expect, test } from 'vitest'
import { benchRunLines } from '../../../src/cli/render/bench/run.js'
import { measuredFigure } from '../../../src/load/compare/reference-figures.js'
import { referenceFigures } from '../../../src/load/reference-platform.js'
import type { BenchFigures } from '../../../src/model/bench-figures.js'
import { renderBenchHtml } from '../../../src/report/bench/bench-html.js'
import { renderCompareHtml } from '../../../src/report/bench/compare-html.js'
import { renderFiguresHtml } from '../../../src/report/bench/figures-html.js'
import { scalingOf } from '../../../src/report/bench/scaling.js'
import { plainScreen } from '../cli/screens.js'
import { assets } from './assets.js'
import { benchSample } from './bench-sample.js'
import { compareSample } from './compare-sample.js'

const section = (page: string, id: string) =>
  page.match(new RegExp(`<section id="${id}"[\\s\\S]*?</section>`))?.[0] ?? ''
const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\'&'

/** Every text of a value, hostile. */
function planted<T>(value: T, kept: ReadonlySet<string>): T {
  if (Array.isArray(value))
    return value.map((each) => (typeof each === 'string' ? hostile : planted(each, kept))) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      typeof each === 'string' && !kept.has(key) ? hostile : planted(each, kept),
    ]),
  ) as T
}

const enumerated = new Set([
  'verdict',
  'side',
  'how',
  'measure',
  'better',
  'ended',
  'loop',
  'transport',
  'unit',
  'schema',
])
const figures = (run = benchSample()): BenchFigures => ({
  ...{
    schema: 'corelab/bench-figures@1',
    id: 'f',
    startedAt: run.startedAt,
    command: 'corelab bench figures',
  },
  ...{ corelab: run.corelab, host: run.host, profile: 'small', users: 200 },
  measured: referenceFigures.map((each, index) =>
    measuredFigure(each, index === 0 ? { result: run, dir: '/reports/x' } : null),
  ),
  customers: { reference: 15_000_000, loaded: 100_000 },
  projected: {
    target: { name: 'db-x86', words: '32 cores', isExample: true },
    reason: null,
    rows: [
      {
        ...{ name: 'reads', unit: 'QPS', reference: 200_000, median: 541_234, low: 262_000, high: 1_147_000 },
        ...{ chance: 0.99, binding: 'CPU of the readers' },
      },
    ],
  },
})

describe('every page', () => {
  test.each([
    ['a run', () => renderBenchHtml(planted(benchSample(), enumerated), assets)],
    ['a comparison', () => renderCompareHtml(planted(compareSample(), enumerated), assets)],
    ['the figures', () => renderFiguresHtml(planted(figures(), enumerated), assets)],
  ])('makes no markup of the texts of %s', (_name, render) => {
    const page = render()

    expect(page).not.toContain('<img')
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page).not.toContain(' style="')
  })

  test('needs nothing from anywhere else, and is the same bytes for the same result', () => {
    const page = renderBenchHtml(benchSample(), assets)
    const markup = page.replaceAll(/<script>[\s\S]*?<\/script>/g, '')

    expect(markup).not.toMatch(/(src|href)=/)
    expect(renderBenchHtml(benchSample(), assets)).toBe(page)
  })

  test('has a place for each of its charts', () => {
    const page = renderBenchHtml(benchSample(), assets)
    const charts: { id: string }[] = JSON.parse(page.match(/id="charts">([\s\S]*?)<\/script>/)?.[1] ?? '[]')

    expect(charts).toHaveLength(3)
    for (const { id } of charts) expect(page.match(new RegExp(`id="${id}"`, 'g'))).toHaveLength(1)
    expect(page.match(/id="charts"/g)).toHaveLength(1)
  })
})

describe('a run', () => {
  test('adds up its classes within the window: what failed in the warm-up is in no row', () => {
    const run = benchSample()
    const [read] = run.load.classes
    const classes = [read!, { ...read!, name: 'update', failed: 5 }]
    const total = { ok: 90_000, failed: 4321, unknown: 0 }
    const page = renderBenchHtml({ ...run, load: { ...run.load, classes, total } }, assets)

    expect(page).toMatch(/all<[\s\S]{0,200}data-label="Failed">12</)
    expect(section(page, 'timeline')).not.toContain('4,321')
  })

  test('shows its figure with durability, data, errors, host, seed, revision and command', () => {
    const run = benchSample()
    const page = renderBenchHtml(run, assets)
    const text = section(page, 'reproduce')

    expect(page).toMatch(/<h1>[\d,]+ QPS<\/h1>/)
    for (const fact of [
      run.settings.durability,
      'buffer pool of 256 MiB, cached',
      '7 of',
      run.command,
      'seed 1',
    ])
      expect(text).toContain(fact)
    for (const fact of [run.settings.digest, '137abcd9d2', run.host.cpuModel, 'database 10.11.19-MariaDB'])
      expect(text).toContain(fact)
  })

  test('without a figure shows why, and no rate as its headline', () => {
    const page = renderBenchHtml(benchSample({ figure: null, notAFigure: 'rows are wrong' }), assets)

    expect(page).toContain('<h1>Not a figure</h1><p>rows are wrong</p>')
    expect(page).not.toMatch(/<h1>[\d,]+ QPS/)
  })

  test('of a command that died has what it had seen, and nothing that was not booked', () => {
    const { load, attribution } = benchSample()
    const died = benchSample({
      ...{ figure: null, notAFigure: 'the command died without a word', checks: [] },
      load: { ...load, ended: 'crashed', counted: {} },
      attribution: {
        ...attribution,
        ...{ processes: [], lagMaxMs: {}, hostBusyShare: null, hostStolenShare: null, noise: null },
      },
    })
    const page = renderBenchHtml(died, assets)
    const lines = benchRunLines(died, { dir: '/x/bench/y', cwd: '/x' }, plainScreen).join('\n')

    expect(page).toContain('<h1>Not a figure</h1><p>the command died without a word</p>')
    expect(page).toContain('None was made, so nothing is claimed.')
    expect(page).not.toContain('NaN')
    expect(lines).toMatch(/^NO FIGURE {2}db-read\n {2}the command died without a word\n/)
    expect(lines).toMatch(/^read-balance +20,\d+ /m)
    expect(lines).toMatch(/^Noise +not known$/m)
    expect(lines).not.toMatch(/NaN|undefined|PER OPERATION/)
  })

  test('by pipelining is called a capacity probe', () => {
    const run = benchSample()
    const page = renderBenchHtml({ ...run, figure: { ...run.figure!, capacityProbe: true } }, assets)

    expect(page).toContain('Capacity probe')
  })

  test('has a scaling curve of runs that differ in connections only', () => {
    const run = benchSample()
    const with8 = benchSample({ id: 'eight', settings: { ...run.settings, connections: 8 } })
    const slower = benchSample({
      id: 'unlike',
      settings: { ...run.settings, connections: 16, durability: 'none' },
    })

    const points = scalingOf(run, [with8, slower])

    expect(points.map(({ connections }) => connections)).toEqual([8, 50])
    expect(section(renderBenchHtml(run, assets, points), 'scaling')).toContain('eight')
    expect(renderBenchHtml(run, assets, scalingOf(run, []))).not.toContain('id="scaling"')
  })
})

describe('a comparison', () => {
  test('shows ratio, interval, gate and the rounds left out', () => {
    const page = renderCompareHtml(compareSample(), assets)

    expect(page).toMatch(/<h1>0\.(89|90)\d : 1<\/h1>/)
    expect(section(page, 'gates')).toContain('missed')
    expect(section(page, 'blocks')).toContain('1 of 4 rounds left out')
    expect(section(page, 'ratios')).toContain('sysbench better')
  })

  test('that is none has no ratio as its headline', () => {
    const page = renderCompareHtml(compareSample({ notAComparison: 'an ack was lost' }), assets)

    expect(page).toContain('<h1>No comparison</h1><p>an ack was lost</p>')
    expect(page).not.toMatch(/<h1>0\./)
  })
})

describe('the reference table', () => {
  test('has no projected number among the measured ones, and the other way round', () => {
    const page = renderFiguresHtml(figures(), assets)

    expect(section(page, 'measured')).not.toContain('~')
    expect(section(page, 'measured')).not.toContain('541,234')
    expect(section(page, 'projected')).toContain('~541,234')
    expect(section(page, 'projected')).not.toMatch(/class="number big"/)
  })

  test('shows neither a capacity probe nor a run that is no figure as a number', () => {
    const run = benchSample()
    const probe = figures({ ...run, figure: { ...run.figure!, capacityProbe: true } }).measured[0]!
    const failed = figures({ ...run, figure: null, notAFigure: 'rows are wrong' }).measured[0]!

    expect(probe).toMatchObject({ perSecond: null, ratio: null })
    expect(probe.notAFigure).toContain('capacity probe')
    expect(failed).toMatchObject({ perSecond: null, notAFigure: 'rows are wrong' })
  })
})
