import type { ErrorShape } from '../kit/errors.js'
import type { CheckVerdict, HostFacts, LatencySummary, LoadPoint, RoleSpan } from './demo-result.js'

export type DrillVerdict = 'pass' | 'fail' | 'unknown'

export interface DrillStepResult {
  readonly title: string
  readonly state: 'done' | 'failed' | 'skipped'
  /** On the run's clock, as all times of a result. */
  readonly startedAtMs: number
  readonly durationMs: number
  readonly summary: string | null
  readonly error: ErrorShape | null
}

/** A fault with the time in which it was in force, and whether it did anything. */
export interface FaultWindow {
  readonly title: string
  readonly fromMs: number
  /** null: to the end of the run. */
  readonly toMs: number | null
  /** false: nothing and nobody was hit, so the drill proves nothing. null: known only when it ends. */
  readonly bit: boolean | null
  /** What it did, with numbers. */
  readonly evidence: string
}

export interface ChainLink {
  /** As the keeper names its steps: seal, halt, survey, drain, attach, open... */
  readonly name: string
  readonly endedAtMs: number
  readonly durationMs: number
}

/** One change of master, from both sides: the keeper's own record, and what the clients saw. */
export interface MasterChange {
  readonly kind: 'failover' | 'switchover'
  readonly fromEpoch: number
  readonly toEpoch: number
  readonly oldMaster: string | null
  readonly newMaster: string | null
  readonly reason: string
  /** The last fault before it; null for a switchover. */
  readonly faultAtMs: number | null
  /** Routers were told that there is no master. */
  readonly detectedAtMs: number | null
  readonly steps: readonly ChainLink[]
  readonly publishedAtMs: number
  /** The last OK of the old epoch and the first one of the new epoch, over all clients. */
  readonly lastOkAtMs: number | null
  readonly firstOkAtMs: number | null
  readonly gapMs: number | null
}

/** What a former master had beyond the history that went on without it. */
export interface OldMasterExtras {
  readonly node: string
  /** The epoch in which it was master. */
  readonly epoch: number
  /** The last transaction of it that the new history has, as a GTID. */
  readonly keptUpTo: string
  readonly transactions: number
  /** The first few, as GTIDs. */
  readonly gtids: readonly string[]
  /** Rows and transfers in them of which a client had been told OK and which the new history lacks. Must be 0. */
  readonly acknowledgedAndGone: number
  /** Why they could not be read; null when they were. */
  readonly unread: string | null
}

/** A node at the end, when everybody had stopped writing. */
export interface NodeAtEnd {
  readonly node: string
  readonly role: string
  readonly position: string
  readonly caughtUp: boolean
  readonly tables: number
  /** A digest over the checksums of all tables: equal means equal rows. */
  readonly checksum: string
}

/** What became of every write that a client asked for. */
export interface WriteLedger {
  readonly acknowledged: number
  readonly failed: number
  /** Acknowledged, and not there at the end. */
  readonly lost: number
  /** Names of writes that took effect more than once. */
  readonly duplicated: number
  readonly unknown: UnknownWrites
}

/** Writes whose clients got no answer, by how it was found out what became of them. */
export interface UnknownWrites {
  /** Sent again under the same name: it had been applied already. */
  readonly foundApplied: number
  /** Sent again under the same name: applied only then. */
  readonly appliedThen: number
  /** Looked for at the end. */
  readonly appliedAtEnd: number
  readonly absentAtEnd: number
}

export interface EpochAtEnd {
  readonly epoch: number
  readonly servers: readonly number[]
  readonly acknowledged: number
}

export interface DrillLoadFacts {
  readonly clients: { readonly transfers: number; readonly appends: number; readonly readers: number }
  readonly thinkMs: number
  readonly okPerSecond: number
  readonly fromMs: number
  readonly durationMs: number
  readonly latency: LatencySummary | null
  readonly pointIntervalMs: number
  readonly points: readonly LoadPoint[]
  readonly errors: Readonly<Record<string, number>>
}

/** `result.json` of a drill. What was not measured is null or empty, never a guess. */
export interface DrillResult {
  readonly schema: 'corelab/drill@1'
  readonly id: string
  readonly name: string
  readonly state: string
  readonly shows: string
  readonly kind: 'drill' | 'negative-control'
  readonly verdict: DrillVerdict
  /** One or two sentences for people: why the verdict is what it is, with its numbers. */
  readonly verdictReason: string
  /** The user stopped it; what had been seen until then is kept. */
  readonly cancelled: boolean
  readonly startedAt: string
  readonly durationMs: number
  readonly corelab: string
  readonly project: string
  readonly env: string
  readonly profile: string
  readonly engine: string
  readonly seed: number
  readonly quick: boolean
  /** What runs it again. */
  readonly command: string
  readonly host: HostFacts
  readonly load: DrillLoadFacts | null
  readonly ledger: WriteLedger | null
  readonly steps: readonly DrillStepResult[]
  readonly faults: readonly FaultWindow[]
  readonly changes: readonly MasterChange[]
  /** The longest time in which no client got an OK; null when the load never had two of them. */
  readonly longestGap: { readonly lastOkAtMs: number; readonly firstOkAtMs: number } | null
  readonly roles: readonly RoleSpan[]
  readonly extras: readonly OldMasterExtras[]
  readonly epochs: readonly EpochAtEnd[]
  readonly staleAnswers: number | null
  readonly nodes: readonly NodeAtEnd[]
  readonly checks: readonly CheckVerdict[]
}
