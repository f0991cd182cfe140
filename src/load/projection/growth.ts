import { present } from '../../kit/assert.js'
import type { Curve, OperationKind, Priors, PublishedDemand, Range } from './priors.js'

/**
 * How the CPU time of an operation grows with each doubling of the cores at work, as a range over the published rows:
 * `0.08` = 8 % more per doubling. It holds contention, caches and the lower clock of a busy chip together. A fit of our own
 * host's curve cannot give it: two cores say nothing about forty.
 *
 * A back-test leaves rows out. Throws when no row is left.
 */
export function growthPrior(
  kind: OperationKind,
  priors: Pick<Priors, 'curves' | 'demands'>,
  isUsed: (row: GrowthRow) => boolean = () => true,
): Range {
  const rows = growthRows(priors).filter((row) => row.kind === kind && isUsed(row))
  const values = rows.map(({ growth }) => growth)
  const low = present(values.length > 0 ? Math.min(...values) : null, `a published row about ${kind}`)
  const high = Math.max(...values)
  const studies = new Set(rows.map(({ study }) => study)).size
  const half = Math.max((high - low) / 2 + widenedBy, studies > 1 ? halfWidthMin : halfWidthOfOneStudy)
  const middle = (low + high) / 2
  return { low: middle - half, high: middle + half }
}

/** The range of a handful of rows is too narrow for the next host: its ends go out by a point, and it is never narrower than 6. */
const widenedBy = 0.01
const halfWidthMin = 0.03
/** Rows of one study agree with each other and say nothing of how studies differ. An estimate, and the docs say how it was found. */
const halfWidthOfOneStudy = 0.08

export interface GrowthRow {
  readonly id: string
  readonly study: string
  readonly kind: OperationKind
  readonly title: string
  /** Per doubling. */
  readonly growth: number
}

/** Durable curves are left out: with one connection they wait for the disk, so their first point is no CPU time. */
export function growthRows({ curves, demands }: Pick<Priors, 'curves' | 'demands'>): readonly GrowthRow[] {
  return [
    ...curves.filter(({ kind }) => kind === 'reads').map(growthOfCurve),
    ...demands.map(growthOfDemands),
  ]
}

/** From one connection to the most that still have a core each: there the time per operation is a connection's share. */
function growthOfCurve({ id, study, kind, title, cores, points }: Curve): GrowthRow {
  const [firstConnections, first] = present(points[0], `first point of ${id}`)
  const within = points.filter(([connections]) => connections <= cores)
  const [connections, perSecond] = present(within.at(-1), `last point of ${id}`)
  const ratio = (connections * first) / (firstConnections * perSecond)
  return { id, study, kind, title, growth: perDoubling(ratio, connections / firstConnections) }
}

/** The two hosts have other CPUs; their classes have the same range of speed, so they are taken as equally fast. */
function growthOfDemands({ id, study, kind, title, small, large }: PublishedDemand): GrowthRow {
  return {
    ...{ id, study, kind, title },
    growth: perDoubling(large.demandUs / small.demandUs, large.clients / small.clients),
  }
}

function perDoubling(ratio: number, factor: number): number {
  return ratio ** (1 / Math.log2(factor)) - 1
}
