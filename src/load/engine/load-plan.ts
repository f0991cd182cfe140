/** How operations begin. */
export type Arrival =
  /** Each connection asks again as soon as it was answered, or after a think time. Latency is service time. */
  | { readonly loop: 'closed'; readonly thinkMs: number }
  /**
   * Operations begin at planned times, whoever is free: latency counts from the planned time, so that waiting for a free
   * connection is in it. `fixed`: at equal distances; `poisson`: at exponential ones.
   */
  | { readonly loop: 'open'; readonly schedule: 'fixed' | 'poisson'; readonly ratePerSecond: number }

/** Everything that a load run is, as plain data: it goes to threads, and into the result. */
export interface LoadPlan {
  readonly connections: number
  /** Threads that the connections are spread over. */
  readonly workers: number
  readonly arrival: Arrival
  /** Connections (or the rate) grow from none to all within this time; not measured. */
  readonly rampMs: number
  readonly warmUpMs: number
  /** Length of the measured window. */
  readonly durationMs: number
  readonly seed: number
  /** The run stops when a larger share of what ended did not end well; null = never. */
  readonly errorShareMax: number | null
  /** An open-loop operation that would begin later than this is skipped and counted; null = never skipped. */
  readonly lateMaxMs: number | null
  readonly workload: WorkloadSpec
}

/** What the sessions do, by name: each thread makes its own from this. Values are plain data. */
export interface WorkloadSpec {
  readonly name: string
  readonly params: unknown
}
