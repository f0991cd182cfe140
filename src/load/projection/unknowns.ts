import { present } from '../../kit/assert.js'
import { hash32, seededRandom } from '../../kit/random.js'
import { normalQuantile } from '../../kit/statistics/student-t.js'

/** Something that is not known exactly: `at(u)`, u from 0 to 1, is its value at that quantile. */
export interface Unknown {
  readonly name: string
  at(u: number): number
}

export function uniform(name: string, range: { readonly low: number; readonly high: number }): Unknown {
  return { name, at: (u) => range.low + (range.high - range.low) * u }
}

/** Even on a logarithmic scale, for what spans orders of magnitude. */
export function logUniform(name: string, range: { readonly low: number; readonly high: number }): Unknown {
  return { name, at: (u) => range.low * (range.high / range.low) ** u }
}

/** A factor whose 90 % interval is [low, high], normal on a logarithmic scale. */
export function logNormal90(name: string, range: { readonly low: number; readonly high: number }): Unknown {
  const middle = Math.sqrt(range.low * range.high)
  const sigma = Math.log(range.high / range.low) / (2 * normal95)
  return { name, at: (u) => middle * Math.exp(sigma * normalAt(u)) }
}

export function exactly(name: string, value: number): Unknown {
  return { name, at: () => value }
}

/** One draw of all unknowns, by name. */
export type Draw = Readonly<Record<string, number>>

/**
 * The same seed, names and count give the same draws on every machine; each unknown has a stream of its own, so that
 * another interval for one of them leaves the others as they were.
 */
export function drawsOf(
  unknowns: readonly Unknown[],
  options: { readonly seed: number; readonly count: number },
): readonly Draw[] {
  const streams = unknowns.map((unknown) => ({
    unknown,
    random: seededRandom(hash32(`${options.seed} ${unknown.name}`)),
  }))
  return Array.from({ length: options.count }, () =>
    Object.fromEntries(streams.map(({ unknown, random }) => [unknown.name, unknown.at(random.fraction())])),
  )
}

/** The value below which this share of the sorted values lies. */
export function quantileOf(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const low = Math.floor(place)
  const a = present(sorted[low], 'a value')
  return a + (present(sorted[Math.min(low + 1, sorted.length - 1)], 'a value') - a) * (place - low)
}

export interface Spread {
  readonly median: number
  /** 90 %: from the 5th to the 95th percentile. */
  readonly low: number
  readonly high: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    median: quantileOf(sorted, 0.5),
    low: quantileOf(sorted, 0.05),
    high: quantileOf(sorted, 0.95),
  }
}

const normal95 = 1.6448536

/** One-sided; the very ends are cut so that it stays finite. */
function normalAt(u: number): number {
  const within = Math.min(1 - 1e-6, Math.max(1e-6, u))
  return Math.sign(within - 0.5) * normalQuantile(Math.abs(2 * within - 1))
}
