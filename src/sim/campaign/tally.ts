import type { RunResult } from '../run/run-seed.js'
import { TraceHash } from '../world/trace-hash.js'

/** A run whose invariants did not hold. */
export interface FoundViolation {
  readonly seed: number
  /** `I1` to `I7`, or the name of another check. */
  readonly invariant: string
  readonly message: string
  /** Virtual. */
  readonly atUs: number
  /** Of the run; the same when it is replayed. */
  readonly hash: string
}

/** Sums over all runs of a campaign. */
export interface Totals {
  readonly seeds: number
  readonly events: number
  readonly acknowledged: number
  readonly unknown: number
  readonly epochs: number
  readonly faults: number
  readonly violations: number
  /** How often each thing was met that a campaign should meet. */
  readonly coverage: Readonly<Record<string, number>>
}

/** More than anybody reads; the others are counted. */
const violationsKept = 100

/** Adds runs up, in the order of their seeds. What it holds does not grow with them. */
export class Tally {
  readonly #hash = new TraceHash()
  readonly #coverage = new Map<string, number>()
  readonly violations: FoundViolation[] = []
  #sums = { seeds: 0, events: 0, acknowledged: 0, unknown: 0, epochs: 0, faults: 0, violations: 0 }

  add(run: RunResult): void {
    const sums = this.#sums
    sums.seeds++
    sums.events += run.events
    sums.acknowledged += run.acknowledged
    sums.unknown += run.unknown
    sums.epochs += run.epochs
    sums.faults += run.faults
    for (const [what, count] of Object.entries(run.coverage))
      this.#coverage.set(what, (this.#coverage.get(what) ?? 0) + count)
    for (let from = 0; from < run.hash.length; from += 8)
      this.#hash.add(Number.parseInt(run.hash.slice(from, from + 8), 16))
    if (run.violation === null) return
    sums.violations++
    if (this.violations.length < violationsKept)
      this.violations.push({ seed: run.seed, ...run.violation, hash: run.hash })
  }

  get seeds(): number {
    return this.#sums.seeds
  }

  totals(): Totals {
    return { ...this.#sums, coverage: Object.fromEntries(this.#coverage) }
  }

  /** Over the hashes of all runs: equal on every host, with any number of threads. */
  hash(): string {
    return this.#hash.text()
  }
}
