import { LogHistogram } from '../../kit/log-histogram.js'
import type { HistogramData, Outcomes, ScheduleRecord } from '../../model/bench-result.js'

/** Numbers before those of the classes. */
const own = { begun: 0, planned: 1, begunInWindow: 2, late: 3, skipped: 4, backlogMax: 5, total: 6 } as const
const ownLength = 9
const perClass = 3

/** Index of an outcome within three numbers. */
export const outcomeIndex = { ok: 0, failed: 1, unknown: 2 } as const

/**
 * What one thread counts, in memory that another one can read at any time: of a thread that died, everything that it had
 * counted is still there. One histogram per class, and one of service times.
 */
export class ThreadCounts {
  readonly #numbers: Float64Array
  readonly #latency: readonly LogHistogram[]
  readonly #service: LogHistogram

  constructor(
    readonly memory: SharedArrayBuffer,
    classes: number,
  ) {
    const numbers = numberCount(classes)
    this.#numbers = new Float64Array(memory, 0, numbers)
    const histogram = (index: number) => {
      const offset = numbers * 8 + index * LogHistogram.cells * 4
      return new LogHistogram(new Uint32Array(memory, offset, LogHistogram.cells))
    }
    this.#latency = Array.from({ length: classes }, (_, index) => histogram(index))
    this.#service = histogram(classes)
  }

  static allocate(classes: number): ThreadCounts {
    const bytes = numberCount(classes) * 8 + (classes + 1) * LogHistogram.cells * 4
    return new ThreadCounts(new SharedArrayBuffer(bytes), classes)
  }

  began(): void {
    this.#add(own.begun, 1)
  }

  ended(outcome: number): void {
    this.#add(own.total + outcome, 1)
  }

  endedInWindow(operationClass: number, outcome: number): void {
    this.#add(ownLength + operationClass * perClass + outcome, 1)
  }

  latency(operationClass: number, us: number): void {
    this.#latency[operationClass]?.record(us)
  }

  serviceTime(us: number): void {
    this.#service.record(us)
  }

  scheduled(what: 'planned' | 'begunInWindow' | 'late' | 'skipped', by = 1): void {
    this.#add(own[what], by)
  }

  backlog(size: number): void {
    if (size > this.#at(own.backlogMax)) this.#numbers[own.backlogMax] = size
  }

  total(): Outcomes {
    return this.#outcomes(own.total)
  }

  /** Operations that began and have not ended. */
  underWay(): number {
    const { ok, failed, unknown } = this.total()
    return this.#at(own.begun) - ok - failed - unknown
  }

  classOutcomes(operationClass: number): Outcomes {
    return this.#outcomes(ownLength + operationClass * perClass)
  }

  classLatency(operationClass: number): HistogramData {
    return (this.#latency[operationClass] ?? new LogHistogram()).toData()
  }

  serviceTimes(): HistogramData {
    return this.#service.toData()
  }

  schedule(): ScheduleRecord {
    return {
      planned: this.#at(own.planned),
      begun: this.#at(own.begunInWindow),
      late: this.#at(own.late),
      skipped: this.#at(own.skipped),
      backlogMax: this.#at(own.backlogMax),
    }
  }

  #outcomes(first: number): Outcomes {
    return { ok: this.#at(first), failed: this.#at(first + 1), unknown: this.#at(first + 2) }
  }

  #at(index: number): number {
    return this.#numbers[index] as number
  }

  #add(index: number, by: number): void {
    this.#numbers[index] = (this.#numbers[index] as number) + by
  }
}

function numberCount(classes: number): number {
  return ownLength + classes * perClass
}
