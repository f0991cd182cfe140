import type { Interval } from './interval.js'
import { defaultLevel } from './interval.js'
import { studentT } from './student-t.js'

/** How far separate runs of the same thing lie apart: what no interval from within one run can know. */
export interface RunSpread {
  readonly runs: number
  readonly mean: number
  readonly min: number
  readonly max: number
  /** Standard deviation over the mean. */
  readonly relativeDeviation: number
  /** Of the mean, from the runs alone (Student's t); null for fewer than three runs, which are no basis of a claim. */
  readonly interval: Interval | null
}

/** null for fewer than two runs. */
export function runSpread(values: readonly number[], level = defaultLevel): RunSpread | null {
  const runs = values.length
  if (runs < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / runs
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1)
  const deviation = Math.sqrt(variance)
  const half = (studentT(level, runs - 1) * deviation) / Math.sqrt(runs)
  return {
    runs,
    mean,
    min: Math.min(...values),
    max: Math.max(...values),
    relativeDeviation: mean === 0 ? 0 : deviation / Math.abs(mean),
    interval: runs < 3 ? null : { estimate: mean, low: mean - half, high: mean + half, level },
  }
}
