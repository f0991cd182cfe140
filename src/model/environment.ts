import type { ComponentState } from '../kit/events.js'
import type { PortPlan } from './boot-plan.js'
import type { ComponentKind } from './component-spec.js'
import type { DatabaseEngine } from './database-engine.js'
import type { ProcessRecord } from './process-record.js'
import type { ProfileName } from './profile.js'
import type { Topology } from './topology.js'

/** `env.json`: what an environment is, for as long as its data lives. */
export interface EnvironmentRecord {
  readonly schema: 'corelab/environment@1'
  readonly name: string
  readonly createdAt: string
  readonly profile: ProfileName
  /** What its data was made by; the other engine could not read it. */
  readonly engine: DatabaseEngine
  readonly ports: PortPlan
  readonly socketDir: string
}

/** `run.json`: what runs at the moment; stale after a crash, which every reader must expect. */
export interface RunRecord {
  readonly schema: 'corelab/run@1'
  readonly keeper: ProcessRecord
  readonly components: Readonly<Record<string, ProcessRecord>>
}

/** One row of `corelab status`. */
export interface ComponentStatus {
  readonly name: string
  readonly kind: ComponentKind
  readonly state: ComponentState
  readonly role: string | null
  readonly endpoint: string
  readonly pid: number | null
  readonly memoryBytes: number | null
  /** Replication delay in transactions; null where it has no meaning. */
  readonly lagTransactions: number | null
  readonly detail: string | null
}

export interface EnvironmentStatus {
  readonly project: string
  readonly env: string
  readonly profile: ProfileName | null
  readonly state: 'usable' | 'degraded' | 'starting' | 'stopped'
  readonly epoch: number | null
  readonly topology: Topology | null
  readonly components: readonly ComponentStatus[]
  /** Why there is no master, when the keeper cannot give one. */
  readonly problem: string | null
  readonly next: readonly string[]
}
