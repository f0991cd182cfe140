import type { ErrorShape } from '../kit/errors.js'

/** One interval of a load run, as rates. */
export interface LoadPoint {
  /** The start of the interval, on the tour's clock. */
  readonly atMs: number
  readonly okPerSecond: number
  readonly failedPerSecond: number
  readonly unknownPerSecond: number
  /** null in an interval without an acknowledged operation. */
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
  /** The nodes that the connections were spread over. */
  readonly nodes?: readonly string[]
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
  readonly epochAfter: number | null
  /** When SIGKILL was sent, on the tour's clock. */
  readonly killedAtMs: number
  /** From SIGKILL, as the keeper recorded it; null when it did not happen. */
  readonly detectedAfterMs: number | null
  readonly promotedAfterMs: number | null
  readonly publishedAfterMs: number | null
  /** The last OK that any client saw before the first gap after the kill, on the tour's clock. */
  readonly lastOkAtMs: number | null
  /** The first OK after the kill in the new epoch, on the tour's clock. */
  readonly firstOkAtMs: number | null
  /** From `lastOkAtMs` to `firstOkAtMs`: how long no client could write. */
  readonly writeGapMs: number | null
  /** What the keeper published, as evidence: every topology from the kill on. */
  readonly publications: readonly Publication[]
}

export interface Publication {
  readonly atMs: number
  readonly epoch: number
  readonly master: string | null
  readonly reason: string
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

/** The transfers that ran before, during and after the failover. */
export interface TransferFacts {
  readonly acknowledged: number
  readonly failed: number
  readonly unknown: number
  readonly unknownResolved: { readonly applied: number; readonly notApplied: number }
  /** Clients that each wait for their answer before the next transfer (closed loop). */
  readonly clients: number
  /** What the master waited for before it said OK. */
  readonly durability: string
  readonly fromMs: number
  readonly durationMs: number
  readonly pointIntervalMs: number
  readonly points: readonly LoadPoint[]
  readonly latency: LatencySummary | null
}

/** `result.json` of a tour. A field that was not measured is null, never a guess. */
export interface DemoResult {
  readonly schema: 'corelab/demo@1'
  readonly verdict: 'pass' | 'fail' | 'unknown'
  readonly startedAt: string
  readonly durationMs: number
  /** One sentence for people: why the verdict is what it is, with its numbers. */
  readonly verdictReason: string
  /** The user stopped the tour; what had been measured until then is kept. */
  readonly cancelled: boolean
  readonly corelab: string
  readonly project: string
  readonly env: string
  readonly profile: string
  readonly seed: number
  /** Customers asked for. */
  readonly users: number
  readonly command: string
  readonly host: HostFacts
  readonly steps: readonly TourStep[]
  readonly load: LoadStageFacts | null
  readonly transfers: TransferFacts | null
  readonly failover: FailoverFacts | null
  readonly roles: readonly RoleSpan[]
  readonly checks: readonly CheckVerdict[]
  readonly figures: readonly ThroughputFigure[]
}
