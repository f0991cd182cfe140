import { expect, test } from 'vitest'
import { backTestMarkdown } from '../../../../src/cli/render/bench/back-test.js'
import { backTest } from '../../../../src/load/projection/back-test.js'
import { growthPrior, growthRows } from '../../../../src/load/projection/growth.js'
import { readPriors } from '../../../../src/load/projection/priors.js'
import { readRepositoryFile } from '../../../helpers/repository.js'

const priors = await readPriors()

test('the table of docs/projection.md is what the priors give', () => {
  const page = readRepositoryFile('docs/projection.md')
  const table = /<!-- back-test -->\n([\s\S]*?)\n?<!-- \/back-test -->/.exec(page)?.[1]

  expect(table).toBe(backTestMarkdown(backTest(priors)))
})

test('no row has a part in its own prediction: other published values leave the prediction as it was', () => {
  const before = backTest(priors)
  const doubled = {
    ...priors,
    // The first two points of a curve are its input; the peak is what is predicted.
    curves: priors.curves.map((curve) => ({
      ...curve,
      points: curve.points.map(
        ([connections, perSecond], index) => [connections, index < 2 ? perSecond : 2 * perSecond] as const,
      ),
    })),
    demands: priors.demands.map((demand) => {
      const { demandUs, perSecond } = demand.large
      const large = { ...demand.large, demandUs: 2 * demandUs, perSecond: perSecond / 2 }
      return demand.id.includes('mysql') ? { ...demand, large } : demand
    }),
    records: priors.records.map((record) => ({ ...record, perSecond: 2 * record.perSecond })),
  }
  const after = backTest(doubled)
  const [curves, mysqlWrites] = [/^M.* peak$/, /^MySQL, (insert|update)/]

  for (const [index, row] of before.entries()) {
    const other = after[index]
    // Each kind is looked at where its own study, or its own engine, is what changed.
    if (mysqlWrites.test(row.what)) expect(other).toMatchObject({ predicted: row.predicted })
    if (mysqlWrites.test(row.what)) expect(other?.published).toBe(2 * row.published)
    if (curves.test(row.what)) expect(other?.published).toBe(2 * row.published)
  }
  const onlyCurves = backTest({ ...priors, curves: doubled.curves })
  expect(onlyCurves.slice(0, priors.curves.length).map(({ predicted }) => predicted)).toEqual(
    before.slice(0, priors.curves.length).map(({ predicted }) => predicted),
  )
})

test('leaving out a study changes what is believed of growth', () => {
  const all = growthPrior('reads', priors)
  const one = growthPrior('reads', priors, ({ study }) => study !== 'percona-2026')

  expect(one.high).toBeLessThan(all.high)
  for (const { growth, kind } of growthRows(priors)) {
    const { low, high } = growthPrior(kind, priors)
    expect(growth).toBeGreaterThan(low)
    expect(growth).toBeLessThan(high)
  }
})

test('every prior names where it is from, and every study is described', () => {
  const described = priors.studies.map(({ id }) => id)

  for (const { study } of [...priors.curves, ...priors.demands]) expect(described).toContain(study)
  for (const { source } of [...priors.records, ...Object.values(priors.ranges)]) expect(source).not.toBe('')
  for (const { low, high } of [...Object.values(priors.ranges), ...priors.cpuClasses]) {
    expect(low).toBeGreaterThan(0)
    expect(high).toBeGreaterThan(low)
  }
})
