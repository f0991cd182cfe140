/** What a scenario measured, for machines: `result.json`. Every number with what makes it comparable. */
export interface BenchResult {
  readonly schema: 'corelab/bench-result@1'
  readonly id: string
  readonly scenario: string
  /** What the scenario is, in a sentence, and the published meaning of its operations per second. */
  readonly title: string
  readonly startedAt: string
  readonly command: string
  readonly corelab: { readonly version: string; readonly gitRevision: string | null }
  readonly host: BenchHost
  readonly settings: BenchSettings
  readonly load: BenchLoad
  readonly attribution: Attribution
  /** Effects looked at after the run. A run that fails one of them is not a figure. */
  readonly checks: readonly BenchCheck[]
  /** null = the run is no figure; `notAFigure` says why. */
  readonly figure: BenchFigure | null
  readonly notAFigure: string | null
}

export interface BenchFigure {
  /** `QPS` or `TPS` (business transactions). */
  readonly unit: 'QPS' | 'TPS'
  readonly perSecond: number
  /** 95 % interval of the mean rate by block bootstrap over the seconds of the window. */
  readonly perSecondInterval: readonly [number, number] | null
  /** True for pipelined runs: a capacity probe, never in the reference table. */
  readonly capacityProbe: boolean
}

export interface BenchHost {
  readonly hostname: string
  readonly cpuModel: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly versions: Readonly<Record<string, string>>
}

/** What two runs must have in common to be compared; `digest` is of all the rest of it. */
export interface BenchSettings {
  readonly profile: string
  readonly connections: number
  readonly workers: number
  readonly driver: string
  readonly transport: 'unix-socket' | 'tcp' | 'http' | 'mixed'
  readonly loop: 'closed' | 'open'
  readonly ratePerSecond: number | null
  readonly customers: number | null
  /** Tables that are used, against the memory for them: smaller = cached. */
  readonly dataBytes: number
  readonly bufferPoolBytes: number
  /** What a commit waited for, read from the server during the run. */
  readonly durability: string
  /** Who served the connections: `one per connection`, `pool of 2`. Absent where no database did, and in older results. */
  readonly serverThreads?: string
  readonly seed: number
  readonly digest: string
}

/** What the load engine saw. Valid whenever the run ended: aborted, stopped by its error budget, or with a thread that died. */
export interface BenchLoad {
  /**
   * Why it ended; everything but `time` leaves a shorter window. `crashed`: the command died without a word; this is what
   * it had written down until then.
   */
  readonly ended: 'time' | 'stopped' | 'cancelled' | 'error-budget' | 'thread-died' | 'crashed'
  readonly warmUpMs: number
  /** Length of the measured window. */
  readonly windowMs: number
  readonly classes: readonly ClassRecord[]
  /** All classes together: latency of what ended OK. */
  readonly latency: HistogramData
  /** Open loop: from sending to answer; the difference to `latency` is what coordinated omission would hide. */
  readonly serviceTime: HistogramData | null
  readonly series: readonly SeriesPoint[]
  readonly seriesDropped: number
  /** null in a closed loop. */
  readonly schedule: ScheduleRecord | null
  /** Warm-up and drain included: what the servers must show. */
  readonly total: Outcomes
  /** Operations that began and had no end when the run gave up waiting for them. */
  readonly abandoned: number
  /** Sums of what the workloads counted themselves, e.g. `rowsVerified`. */
  readonly counted: Readonly<Record<string, number>>
}

export interface Outcomes {
  readonly ok: number
  /** Certainly not applied. */
  readonly failed: number
  /** Perhaps applied. */
  readonly unknown: number
}

export interface ClassRecord extends Outcomes {
  readonly name: string
  readonly latency: HistogramData
  /** By class of error, e.g. `DATABASE_REFUSED 1213`. */
  readonly errors: Readonly<Record<string, number>>
}

/** Of an open loop. */
export interface ScheduleRecord {
  /** Within the window. */
  readonly planned: number
  readonly begun: number
  /** Begun more than 1 ms after the planned time. */
  readonly late: number
  readonly skipped: number
  readonly backlogMax: number
}

/**
 * Log-linear buckets of an HDR histogram, sparse: pairs of bucket index and count. `LogHistogram`
 * (src/kit/log-histogram.ts) reads percentiles from it and merges it.
 */
export interface HistogramData {
  readonly count: number
  readonly sumUs: number
  readonly maxUs: number
  readonly buckets: readonly (readonly [index: number, count: number])[]
}

export interface SeriesPoint {
  /** From the start of the window. */
  readonly atMs: number
  readonly lengthMs: number
  readonly ok: number
  readonly failed: number
  readonly unknown: number
  readonly p50Us: number | null
  readonly p99Us: number | null
  readonly maxUs: number | null
}

/** Who spent what within the window; empty for a run that crashed. */
export interface Attribution {
  readonly processes: readonly ProcessShare[]
  /** Of the master, per acknowledged operation; null for a run without writes. */
  readonly fsyncsPerOperation: number | null
  /** Longest lag seen of each replica within the window, milliseconds; null = not known. */
  readonly lagMaxMs: Readonly<Record<string, number | null>>
  /** Share of the host's CPU that was busy, with others, and stolen. */
  readonly hostBusyShare: number | null
  readonly hostStolenShare: number | null
  /** Slices of the window in which the fixed spin kernel ran slower than allowed. */
  readonly noise: NoiseVerdict | null
}

export interface ProcessShare {
  /** `client`, `db-1` (with its role), `qlink`, `redis`, `rabbitmq`, `subsystems`. */
  readonly name: string
  readonly role: string | null
  readonly cpuMs: number
  readonly cpuUsPerOperation: number | null
  readonly contextSwitchesPerOperation: number | null
}

export interface NoiseVerdict {
  readonly slices: number
  readonly noisy: number
  readonly verdict: 'quiet' | 'noisy'
}

export interface BenchCheck {
  readonly name: string
  readonly valid: boolean
  readonly summary: string
}
