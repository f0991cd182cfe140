/** An estimate with the interval that holds the true value in `level` of all repetitions. */
export interface Interval {
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly level: number
}

export const defaultLevel = 0.95
