import type { ErrorShape } from '../kit/errors.js'

/** One point per second of a load run. `atMs` counts from the start of the tour. */
export interface LoadPoint {
  readonly atMs: number
  readonly okPerSecond: number
  readonly failedPerSecond: number
  readonly unknownPerSecond: number
  /** null in a second without a finished operation. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
}

export interface TourStep {
  readonly id: string
  readonly title: string
  readonly state: 'done' | 'failed' | 'skipped'
  readonly startedAtMs: number
  readonly durationMs: number
  readonly summary: string | null
  readonly error: ErrorShape | null
}

export interface RoleSpan {
  readonly node: string
  readonly role: string
  readonly fromMs: number
  readonly toMs: number
}

/** A verdict of one checker over a recorded history; `unknown` when the history cannot tell. */
export interface CheckVerdict {
  readonly name: string
  readonly valid: boolean | 'unknown'
  /** One sentence for people, with the numbers. */
  readonly summary: string
  readonly details: Readonly<Record<string, string | number | boolean | null>>
}

export interface LatencySummary {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** A measured number is never without the settings that make it comparable. */
export interface ThroughputFigure {
  readonly name: 'read' | 'write'
  readonly operationsPerSecond: number
  readonly errors: number
  readonly connections: number
  readonly durationMs: number
  readonly latency: LatencySummary
  readonly loop: 'closed'
  readonly statement: string
  readonly durability: string
  readonly dataBytes: number
  readonly bufferPoolBytes: number
  readonly driver: string
}

export interface FailoverFacts {
  readonly killedNode: string
  readonly newMaster: string | null
  readonly epochBefore: number
  readonly epochAfter: number
  /** From SIGKILL, in milliseconds on the tour's clock; null when it did not happen. */
  readonly killedAtMs: number
  readonly detectedAfterMs: number | null
  readonly promotedAfterMs: number | null
  readonly publishedAfterMs: number | null
  /** Between the last OK before the kill and the first OK after it, as the clients saw it. */
  readonly writeGapMs: number | null
}

export interface LoadStageFacts {
  readonly customers: number
  readonly accounts: number
  readonly rows: number
  readonly durationMs: number
  readonly rowsPerSecond: number
  readonly points: readonly { readonly atMs: number; readonly rowsPerSecond: number }[]
}

export interface HostFacts {
  readonly cpuModel: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly mariadb: string
  readonly redis: string
  readonly rabbitmq: string
}

/** `result.json` of a tour. A field that was not measured is null, never a guess. */
export interface DemoResult {
  readonly schema: 'corelab/demo@1'
  readonly verdict: 'pass' | 'fail' | 'unknown'
  readonly startedAt: string
  readonly durationMs: number
  readonly corelab: string
  readonly project: string
  readonly env: string
  readonly profile: string
  readonly seed: number
  readonly command: string
  readonly host: HostFacts
  readonly steps: readonly TourStep[]
  readonly load: LoadStageFacts | null
  readonly transfers: {
    readonly acknowledged: number
    readonly failed: number
    readonly unknown: number
    readonly unknownResolved: { readonly applied: number; readonly notApplied: number }
    readonly points: readonly LoadPoint[]
    readonly latency: LatencySummary | null
  } | null
  readonly failover: FailoverFacts | null
  readonly roles: readonly RoleSpan[]
  readonly checks: readonly CheckVerdict[]
  readonly figures: readonly ThroughputFigure[]
}
