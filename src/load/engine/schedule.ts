import type { Random } from '../../kit/random.js'

export interface ScheduleOptions {
  readonly kind: 'fixed' | 'poisson'
  readonly ratePerSecond: number
  /** The rate grows from none to all within this time. */
  readonly rampMs: number
  /** Fixed: where in the first distance this schedule begins, 0 to 1, so that threads take turns. */
  readonly phase: number
  /** Poisson: makes a stream of its own; called anew for each cursor, it must give the same draws. */
  readonly draws: () => Random
}

/**
 * The planned times of an open loop, from the start of the run, one after the other and in no memory. Operations are
 * counted in units of the integrated rate, in which they come at distance 1 (or exponential with mean 1), and put on the
 * time axis by its inverse: so a ramp is exact for both kinds.
 */
export class ScheduleCursor {
  /** Of the next operation, milliseconds from the start of the run. */
  nextMs: number
  /** Operations that were passed. */
  passed = 0
  #integral: number
  readonly #random: Random | null
  readonly #perMs: number

  constructor(private readonly options: ScheduleOptions) {
    this.#perMs = options.ratePerSecond / 1000
    this.#random = options.kind === 'poisson' ? options.draws() : null
    this.#integral = this.#random ? exponential(this.#random) : options.phase
    this.nextMs = this.#timeOf(this.#integral)
  }

  advance(): void {
    this.passed++
    this.#integral += this.#random ? exponential(this.#random) : 1
    this.nextMs = this.#timeOf(this.#integral)
  }

  /** Passes everything that is planned before a time. */
  passUntil(ms: number): void {
    while (this.nextMs < ms) this.advance()
  }

  #timeOf(integral: number): number {
    const { rampMs } = this.options
    const inRamp = (this.#perMs * rampMs) / 2
    if (integral < inRamp) return Math.sqrt((2 * rampMs * integral) / this.#perMs)
    return rampMs / 2 + integral / this.#perMs
  }
}

function exponential(random: Random): number {
  return -Math.log(1 - random.fraction())
}
