import { seededRandom } from '../../kit/random.js'
import { type Spread, spreadOf } from './unknowns.js'

/**
 * Universal Scalability Law (N. J. Gunther): X(N) = g N / (1 + s (N - 1) + k N (N - 1)). For how one host behaves with its
 * users, within the levels that were measured and a little beyond. It is not for other hosts: on two cores the hardware is
 * full before contention shows.
 */
export interface UslFit {
  /** Rate of one connection alone. */
  readonly single: number
  readonly contention: number
  readonly coherency: number
  readonly levels: number
  /** Root mean square of the relative errors. */
  readonly relativeError: number
  /** Connections with the highest rate; null = it grows without end, or the peak is beyond twice the highest level. */
  readonly peakConnections: number | null
  /** At the highest level that was measured, over resamples of the fit's errors: 90 %. */
  readonly atHighest: Spread
}

export interface LoadLevel {
  readonly connections: number
  readonly perSecond: number
}

const levelsMin = 4
const resamples = 200

/** null with fewer than four levels: three parameters need more points than three. */
export function fitUsl(levels: readonly LoadLevel[], seed: number): UslFit | null {
  if (levels.length < levelsMin) return null
  const parameters = bestFit(levels)
  const fitted = levels.map(({ connections }) => uslRate(parameters, connections))
  const errors = levels.map(({ perSecond }, index) => perSecond / (fitted[index] ?? perSecond))
  const highest = Math.max(...levels.map(({ connections }) => connections))
  const random = seededRandom(seed)
  const resampled = Array.from({ length: resamples }, () => {
    const again = levels.map(({ connections }, index) => ({
      connections,
      perSecond: (fitted[index] ?? 0) * (errors[random.below(errors.length)] ?? 1),
    }))
    return uslRate(bestFit(again, parameters), highest)
  })
  const { single, contention, coherency } = parameters
  const peak = coherency > 0 ? Math.sqrt((1 - contention) / coherency) : Infinity
  return {
    ...{ single, contention, coherency },
    levels: levels.length,
    relativeError: Math.sqrt(errors.reduce((sum, error) => sum + (error - 1) ** 2, 0) / errors.length),
    peakConnections: peak <= 2 * highest ? peak : null,
    atHighest: spreadOf(resampled),
  }
}

interface UslParameters {
  readonly single: number
  readonly contention: number
  readonly coherency: number
}

export function uslRate({ single, contention, coherency }: UslParameters, connections: number): number {
  return (
    (single * connections) /
    (1 + contention * (connections - 1) + coherency * connections * (connections - 1))
  )
}

/**
 * Least squares of relative errors. For given contention and coherency the best single rate is known, so two parameters are
 * searched: a grid on a logarithmic scale, then halved steps around the best.
 */
function bestFit(levels: readonly LoadLevel[], from?: UslParameters): UslParameters {
  let best = from ? withSingle(levels, from.contention, from.coherency) : overGrid(levels)
  let step = 2
  while (step > 1.0005) {
    const { contention, coherency } = best
    const around = [contention / step, contention, contention * step, 0].flatMap((s) =>
      [coherency / step, coherency, coherency * step, 0].map((k) => withSingle(levels, s, k)),
    )
    const better = around.reduce((a, b) => (b.error < a.error ? b : a), best)
    if (better.error >= best.error) step = Math.sqrt(step)
    else best = better
  }
  return best
}

function overGrid(levels: readonly LoadLevel[]) {
  const contentions = [0, ...Array.from({ length: 24 }, (_, index) => 10 ** (-4 + index / 6))]
  const coherencies = [0, ...Array.from({ length: 30 }, (_, index) => 10 ** (-8 + index / 5))]
  return contentions
    .flatMap((s) => coherencies.map((k) => withSingle(levels, s, k)))
    .reduce((a, b) => (b.error < a.error ? b : a))
}

function withSingle(levels: readonly LoadLevel[], contention: number, coherency: number) {
  const shapes = levels.map(
    ({ connections, perSecond }) => uslRate({ single: 1, contention, coherency }, connections) / perSecond,
  )
  const sum = shapes.reduce((total, shape) => total + shape, 0)
  const squares = shapes.reduce((total, shape) => total + shape * shape, 0)
  const single = sum / squares
  const error = shapes.reduce((total, shape) => total + (single * shape - 1) ** 2, 0)
  return { single, contention, coherency, error }
}
