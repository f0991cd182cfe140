import { present } from '../../kit/assert.js'
import { poolCeiling } from './capacity.js'
import { growthPrior } from './growth.js'
import type { Curve, Priors, PublishedDemand, PublishedRecord, Range } from './priors.js'
import { classRatio } from './speed.js'
import { drawsOf, exactly, logNormal90, type Spread, spreadOf, uniform } from './unknowns.js'

/** A published row, predicted by the same formula as any target from rows that are not it. */
export interface BackTestRow {
  readonly what: string
  readonly cores: number
  /** What it was predicted from, and which rows had no part in it. */
  readonly from: string
  /** Of both numbers: a rate, or CPU microseconds per operation. */
  readonly unit: 'per second' | 'us'
  readonly published: number
  readonly predicted: Spread
  /** Median over published, less 1. */
  readonly error: number
  readonly inside: boolean
}

const seed = 1
const count = 4000

/** Takes the priors to the test: each row with everything of its own study (or engine) left out of what predicts it. */
export function backTest(priors: Priors): readonly BackTestRow[] {
  return [
    ...priors.curves.map((curve) => curveRow(curve, priors)),
    ...priors.demands.map((demand) => demandRow(demand, priors)),
    ...priors.records.map((record) => recordRow(record, priors)),
  ]
}

/** The peak of a curve from its first two levels: same host, so only growth, SMT and the demand's drift are at work. */
function curveRow(curve: Curve, priors: Priors): BackTestRow {
  const { kind, study, points, cores, threadsPerCore } = curve
  const firstTwo = points.slice(0, 2).map(([connections, perSecond]) => (connections * 1e6) / perSecond)
  const [first, second] = [present(firstTwo[0], 'a point'), present(firstTwo[1], 'a point')]
  return row({
    what: `${curve.title}, peak`,
    from: `its rates at 1 and 4 connections; growth without ${study}`,
    published: Math.max(...points.map(([, perSecond]) => perSecond)),
    demand: asPublished(first, second),
    growth: growthPrior(kind, priors, (each) => each.study !== study),
    smt: threadsPerCore > 1 ? priors.ranges.smtGain : one,
    ...{ cores, speed: one, unit: 'per second' },
  })
}

/**
 * CPU per operation on the large host, from that on the small one. Its rate is not asked for: it hung on 40 clients, and on
 * waits that CPU time does not know.
 */
function demandRow(demand: PublishedDemand, priors: Priors): BackTestRow {
  const { study, small, large, kind, id } = demand
  const { smallCpuClass = 'unknown', largeCpuClass = 'unknown' } = present(
    priors.studies.find((each) => each.id === study),
    study,
  )
  const engine = engineOf(id)
  const isForeign =
    kind === 'reads'
      ? (each: { readonly study: string }) => each.study !== study
      : (each: { readonly id: string }) => engineOf(each.id) !== engine
  return row({
    what: `${demand.title}, CPU of one on ${large.cores} cores`,
    unit: 'us',
    from: `${small.demandUs} us with one client on ${small.cores} cores; growth without ${kind === 'reads' ? study : `rows of ${engine}`}`,
    published: large.demandUs,
    demand: asPublished(small.demandUs),
    growth: growthPrior(kind, priors, isForeign),
    smt: one,
    // Each client keeps about one core busy.
    cores: large.clients,
    speed: classRatio(largeCpuClass, smallCpuClass, priors),
  })
}

function recordRow(record: PublishedRecord, priors: Priors): BackTestRow {
  const basis = present(
    priors.demands.find(({ id }) => id === 'smalldatum-mysql-point'),
    'the published point query',
  )
  const { smallCpuClass = 'unknown' } = present(
    priors.studies.find((each) => each.id === basis.study),
    basis.study,
  )
  return row({
    what: record.title,
    from: `${basis.small.demandUs} us of MySQL 8.4 with one client on another CPU; all growth rows`,
    published: record.perSecond,
    demand: asPublished(basis.small.demandUs),
    growth: growthPrior('reads', priors),
    smt: record.threadsPerCore > 1 ? priors.ranges.smtGain : one,
    cores: record.cores,
    speed: classRatio(record.cpuClass, smallCpuClass, priors),
    unit: 'per second',
  })
}

const one: Range = { low: 1, high: 1 }

/** Published without an interval: 4 % to either side. */
function asPublished(...demandsUs: readonly number[]): Range {
  return { low: Math.min(...demandsUs) * 0.96, high: Math.max(...demandsUs) * 1.04 }
}

function row(about: {
  readonly what: string
  readonly from: string
  readonly published: number
  readonly demand: Range
  readonly growth: Range
  readonly smt: Range
  readonly speed: Range
  readonly cores: number
  readonly unit: BackTestRow['unit']
}): BackTestRow {
  const { what, from, published, cores, unit } = about
  const unknowns = [
    logNormal90('demand', about.demand),
    uniform('growth', about.growth),
    uniform('smtGain', about.smt),
    logNormal90('speed', about.speed),
    exactly('utilisation', 1),
  ]
  const rates = drawsOf(unknowns, { seed, count }).map((draw) => {
    const pool = {
      name: 'all',
      demandUs: present(draw.demand, 'demand'),
      hosts: 1,
      growth: 'growth',
    } as const
    return poolCeiling(pool, draw, { equivalents: cores * present(draw.smtGain, 'gain'), here: 1 })
  })
  const predicted = spreadOf(unit === 'us' ? rates.map((rate) => (cores * 1e6) / rate) : rates)
  return {
    ...{ what, cores, from, unit, published, predicted },
    error: predicted.median / published - 1,
    inside: predicted.low <= published && published <= predicted.high,
  }
}

function engineOf(id: string): string {
  return id.includes('mariadb') ? 'MariaDB' : 'MySQL'
}
