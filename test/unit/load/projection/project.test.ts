import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPriors } from '../../../../src/load/projection/priors.js'
import { project } from '../../../../src/load/projection/project.js'
import type { TargetHost } from '../../../../src/load/projection/target-host.js'
import type { BenchResult } from '../../../../src/model/bench-result.js'
import { sampleResult, sampleTarget } from './samples.js'

const priors = await readPriors()
const none = { target: null, here: null }
const reads = [sampleResult({ connections: 8 }), sampleResult({ connections: 50 })]
const writes = sampleResult({
  scenario: 'db-write',
  perSecond: 5000,
  cpuUs: { client: 15, 'db-1': 120, 'db-2': 60, 'db-3': 50, 'db-4': 50, qlink: 25 },
})

function projected(target: Partial<TargetHost>, results: readonly BenchResult[] = reads, seed = 1) {
  const input = { results, target: { ...sampleTarget, ...target }, calibrations: none, priors, seed }
  return project({ ...input, draws: 400 })
}

function figureOf(target: Partial<TargetHost>, results?: readonly BenchResult[]) {
  const [figure] = projected(target, results).figures
  if (figure === undefined) throw new Error('no figure')
  return figure
}

test('the same input and seed give the same answer, another seed nearly the same', () => {
  expect(projected({})).toEqual(projected({}))

  const [a, b] = [projected({}, reads, 1), projected({}, reads, 2)].map((each) => each.figures[0])
  expect(a?.perSecond.median).not.toBe(b?.perSecond.median)
  expect(Math.abs((a?.perSecond.median ?? 0) / (b?.perSecond.median ?? 1) - 1)).toBeLessThan(0.05)
})

test('more cores never give less, whatever the host', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 56 }),
      fc.constantFrom<TargetHost['layout']>('one-host', 'host-per-node'),
      fc.constantFrom<TargetHost['clients']>(
        { where: 'local', share: null },
        { where: 'local', share: 0.3 },
        { where: 'remote', share: null },
      ),
      fc.constantFrom<1 | 2>(1, 2),
      fc.constantFrom(reads, [writes]),
      (cores, more, layout, clients, threadsPerCore, results) => {
        const shape = { layout, clients, threadsPerCore }
        const fewer = figureOf({ ...shape, cores }, results)
        const greater = figureOf({ ...shape, cores: cores + more }, results)

        for (const end of ['low', 'median', 'high'] as const) {
          expect(greater.perSecond[end]).toBeGreaterThanOrEqual(fewer.perSecond[end])
        }
      },
    ),
    { numRuns: 25, seed: 5 },
  )
})

test('a faster core and a faster disk never give less', () => {
  const slow = figureOf({ speed: { by: 'ratio', low: 0.8, high: 0.9 } }, [writes])
  const fast = figureOf({ speed: { by: 'ratio', low: 1.0, high: 1.2 } }, [writes])
  const slowDisk = figureOf({ fsync: { medianUs: 4000, p95Us: 6000 } }, [writes])

  expect(fast.perSecond.median).toBeGreaterThan(slow.perSecond.median)
  expect(slowDisk.perSecond.median).toBeLessThan(figureOf({}, [writes]).perSecond.median)
})

test('the interval holds the truth as often as it says, when hosts are drawn from what it believes', () => {
  // A host whose speed, growth and utilisation lie in the believed ranges: its true rate is computed by hand.
  const demandUs = 41
  const interval = figureOf({}).perSecond
  const inside = Array.from({ length: 60 }, (_, index) => {
    const at = (k: number) => ((index * k) % 60) / 59
    const speed = 0.9 + 0.2 * at(7)
    const growth = -0.03 + 0.13 * at(23)
    const utilisation = 0.7 + 0.05 * at(41)
    const truth = (32 * 1e6 * speed * utilisation) / (demandUs * (1 + growth) ** Math.log2(32 / 2))
    return truth
  }).filter((truth) => interval.low <= truth && truth <= interval.high)

  expect(inside.length).toBeGreaterThanOrEqual(60 * 0.85)
})

test('a target that is this host gives what it gave, at the utilisation that is allowed', () => {
  const { perSecond } = figureOf({ cores: 2, speed: { by: 'ratio', low: 0.999, high: 1.001 } })

  const full = 2e6 / 41
  expect(perSecond.low).toBeGreaterThan(full * 0.66)
  expect(perSecond.high).toBeLessThan(full * 0.79)
})

test('the constraint that binds is named: cores, disk, appliers, network, connections', () => {
  const binding = (target: Partial<TargetHost>, results?: readonly BenchResult[]) =>
    figureOf(target, results).constraints[0]?.name
  const many = { cores: 512, connections: 20_000, applierThreads: 512 }

  expect(binding({})).toBe('CPU of the host')
  expect(binding({ layout: 'host-per-node', cores: 4 })).toBe('CPU of the readers')
  expect(binding({ clients: { where: 'local', share: 0.05 } })).toBe('CPU of the clients')
  expect(binding({ ...many, fsync: { medianUs: 1e6, p95Us: 1e6 } }, [writes])).toBe('commit latency')
  expect(binding({ cores: 512, applierThreads: 1 }, [writes])).toBe('replication lag')
  expect(binding({ ...many, layout: 'host-per-node', network: { gbit: 0.1, roundTripUs: 1 } })).toBe(
    'network',
  )
  expect(binding({ cores: 512, connections: 2, layout: 'host-per-node' })).toBe('connections')
})

test('the inverse answer, put back as cores, gives the goal', () => {
  const { needed, goal } = figureOf({ threadsPerCore: 2 })
  const cores = needed[0]?.cores.median ?? 0

  const back = figureOf({ threadsPerCore: 2, cores: Math.round(cores) })
  expect(Math.abs(back.perSecond.median / goal - 1)).toBeLessThan(0.08)
})

test('a goal that a disk forbids is reached by no number of cores', () => {
  expect(figureOf({ fsync: { medianUs: 20_000, p95Us: 30_000 } }, [writes]).notByCores).toBe(1)
  expect(figureOf({ applierThreads: 16 }, [writes]).notByCores).toBeLessThan(0.05)
})

test('the next measurement is the one about what is known least', () => {
  const wide = figureOf({ speed: { by: 'class', cpuClass: 'unknown' } }).nextMeasurements
  const narrow = figureOf({ speed: { by: 'ratio', low: 0.99, high: 1.01 } }).nextMeasurements

  expect(wide[0]?.what).toContain('calibration on the target')
  expect(wide[0]?.widthThen).toBeLessThan(wide[0]?.widthNow ?? 0)
  expect(narrow[0]?.unknown).toBe('growthReads')
})

test('what is not known widens the interval', () => {
  const width = (results: readonly BenchResult[], target: Partial<TargetHost> = {}) => {
    const { low, high } = figureOf(target, results).perSecond
    return high / low
  }

  expect(width([sampleResult({})])).toBeGreaterThan(width(reads))
  expect(width(reads, { threadsPerCore: 2 })).toBeGreaterThan(width(reads))
  const many = { cores: 256, applierThreads: 512 }
  expect(width([writes], { ...many, fsync: null })).toBeGreaterThan(width([writes], many))
})

test('scenarios that were not measured are not projected, and it is said', () => {
  const { figures, notes } = projected({})

  expect(figures.map(({ figure }) => figure)).toEqual(['reads'])
  expect(notes).toContain('Not projected, because not measured: writes, customer.')
})

test('the customer system is projected from its services, its master and its replicas', () => {
  const customer = sampleResult({
    scenario: 'customer',
    perSecond: 1500,
    cpuUs: {
      client: 100,
      'db-1': 200,
      'db-2': 120,
      'db-3': 60,
      'db-4': 60,
      qlink: 30,
      subsystems: 600,
      redis: 5,
    },
  })

  const figure = figureOf({ layout: 'host-per-node' }, [customer])
  expect(figure.needed.map(({ pool }) => pool)).toEqual(['the master', 'the busiest replica', 'the services'])
  expect(figure.constraints[0]?.name).toBe('CPU of the services')
})
