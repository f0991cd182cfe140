import type { NodeName } from '../../model/node.js'
import type { ReaderKind, Topology, TopologyNode } from '../../model/topology.js'
import type { Step, StepKind, StepReport } from './steps.js'

/** What the keeper knows and is about to do. Plain data; what must survive is in the topology and in qlink's journal. */
export interface KeeperState {
  readonly topology: Topology
  readonly health: Readonly<Record<string, NodeHealth>>
  readonly qlink: QlinkHealth
  /** At most one change of roles at a time; no repair is begun meanwhile. */
  readonly workflow: Workflow | null
  /** Numbers the steps that were asked for: what is said about an earlier one is of no interest any more. */
  readonly ticket: number
  /** Why there is no master and nothing under way; tried again at `retryAtMs`. */
  readonly refusal: { readonly reason: string; readonly retryAtMs: number } | null
  /** Quarantined nodes: `due` is brought back by itself, `held` waits for a person (I4). */
  readonly quarantined: Readonly<Record<string, 'due' | 'held'>>
  readonly tickedAtMs: number | null
  /** When it last asked for everybody who is out of service. */
  readonly lookedAfterAtMs: number
  /** Until then a master that merely hangs is left alone, so that two slow nodes do not take turns. */
  readonly holdDownUntilMs: number
}

/** What the keeper believes about one database node; times are its own monotonic clock. */
export interface NodeHealth {
  readonly process: 'running' | 'gone'
  /** When it last answered a read on its control port; null = not asked yet. */
  readonly answeredAtMs: number | null
  /** Master: when a probe write was last acknowledged. A server that only answers SELECT 1 is not alive for anybody. */
  readonly acknowledgedAtMs: number | null
  /** A replica that was taken out of service because it did not answer; its next answer brings it back. */
  readonly silent: boolean
  /**
   * Why nobody brings it back by itself. `withdrawn`: somebody works on it, e.g. copies its data. `given-up`: it ended too
   * often in a row.
   */
  readonly leftAlone: 'withdrawn' | 'given-up' | null
}

/** What qlink told last. */
export interface QlinkHealth {
  /** When its last line arrived; null while there is no connection to it. */
  readonly seenAtMs: number | null
  /** When the leader was last heard by qlink, on the keeper's clock; null = never in this epoch. */
  readonly heardAtMs: number | null
  /** How far the leader has got, in bytes of the log: what grows is alive, also inside one large transaction. */
  readonly bytes: number
  readonly progressAtMs: number | null
  /** Slowed on purpose, or unable to write: then writes that hang say nothing about the master. */
  readonly holdsBack: boolean
}

export type Workflow = Failover | Switchover | Reshape

export interface Failover {
  readonly kind: 'failover'
  readonly oldMaster: NodeName
  readonly reason: string
  readonly step: StepKind
  readonly attempt: number
  /** How often it has begun again from the seal. */
  readonly round: number
  /** Known from the seal on. */
  readonly epoch: number
  /** Known from the survey on: the candidate first, then the others that take part. */
  readonly order: readonly NodeName[]
  /** Requests that wait for its end. */
  readonly requests: readonly number[]
}

export interface Switchover {
  readonly kind: 'switchover'
  readonly oldMaster: NodeName
  readonly candidate: NodeName
  readonly reason: string
  readonly step: StepKind
  readonly attempt: number
  readonly epoch: number
  readonly requests: readonly number[]
}

/** The replicas change places under the same master, because the shadow is gone for good. */
export interface Reshape {
  readonly kind: 'reshape'
  readonly step: 'repoint'
  readonly attempt: number
  readonly requests: readonly number[]
}

export type KeeperEvent = { readonly nowMs: number } & (
  | { readonly kind: 'process-gone'; readonly node: NodeName }
  /** It ended too often in a row and is not started again by itself. */
  | { readonly kind: 'given-up'; readonly node: NodeName }
  /** One that was given up has its chance again: because a person asks, or its crashes are long ago. */
  | { readonly kind: 'taken-up'; readonly node: NodeName }
  | { readonly kind: 'answered'; readonly node: NodeName }
  | { readonly kind: 'acknowledged'; readonly node: NodeName }
  | {
      readonly kind: 'qlink-seen'
      readonly heardAgoMs: number | null
      readonly bytes: number
      readonly holdsBack: boolean
      /** How late qlink's own loop was: its silence over that time is no evidence. */
      readonly loopDelayMs: number
    }
  | { readonly kind: 'qlink-lost' }
  | { readonly kind: 'tick' }
  /** A restarted, rebuilt or rejoined replica is proved to be a prefix, wired and caught up. */
  | {
      readonly kind: 'readmitted'
      readonly node: NodeName
      readonly role: TopologyNode['role']
      readonly source: NodeName
    }
  /** Its history is not a prefix of the present one: nothing but a person's word brings it back. */
  | { readonly kind: 'diverged'; readonly node: NodeName; readonly reason: string }
  /** Taken out of service on purpose, e.g. to copy its data. */
  | { readonly kind: 'withdrawn'; readonly node: NodeName }
  | { readonly kind: 'step-done'; readonly ticket: number; readonly report: StepReport }
  | { readonly kind: 'step-failed'; readonly ticket: number; readonly reason: string }
  /**
   * A keeper that starts, once it can act: it goes on where the last one died if there is no master, and brings back
   * whoever is out of service. From here on silence counts, also of those who never answered this keeper.
   */
  | { readonly kind: 'resume' }
  | { readonly kind: 'switchover-asked'; readonly request: number; readonly to: NodeName | null }
  | { readonly kind: 'failover-asked'; readonly request: number; readonly reason: string }
  | { readonly kind: 'reads-asked'; readonly request: number; readonly from: readonly ReaderKind[] }
)

type Untimed<T> = T extends unknown ? Omit<T, 'nowMs'> : never

/** An event without its time, as the parts of a driver tell it. */
export type UntimedKeeperEvent = Untimed<KeeperEvent>

export type KeeperEffect =
  /** Make this topology durable, then tell everybody. Comes before the effects after it in the list. */
  | { readonly kind: 'publish'; readonly topology: Topology }
  /** Leave off an earlier one that still runs; perform it, then say `step-done` or `step-failed` with its ticket. */
  | { readonly kind: 'perform'; readonly ticket: number; readonly step: Step; readonly attempt: number }
  /** Start the node's process again if it does not run, prove that it is a prefix, wire it: `readmitted`. */
  | { readonly kind: 'restart'; readonly node: NodeName }
  /** Bring a quarantined node back: `readmitted`, or `diverged`. */
  | { readonly kind: 'rejoin'; readonly node: NodeName }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answer'; readonly request: number; readonly outcome: Outcome }

export type Outcome =
  | { readonly done: true; readonly epoch: number; readonly master: NodeName | null }
  | { readonly done: false; readonly reason: string }

export interface KeeperStep {
  readonly state: KeeperState
  readonly effects: readonly KeeperEffect[]
}

export interface KeeperLimits {
  /** A master that neither the keeper nor qlink has heard for this long is dead. */
  readonly silentMs: number
  /** A master that answers, but whose acknowledged writes and binlog stand still for this long, is as good as dead. */
  readonly hangMs: number
  /** A replica that does not answer for this long serves no reads. */
  readonly replicaSilentMs: number
  /** qlink says something every 50 ms; when it does not, its view is no evidence. */
  readonly qlinkSilentMs: number
  /** The keeper ticks every 50 ms; a longer pause than this was its own, and counts against nobody. */
  readonly starvedMs: number
  readonly holdDownMs: number
  readonly attemptsMax: number
  readonly roundsMax: number
  readonly retryAfterMs: number
}

export const defaultKeeperLimits: KeeperLimits = Object.freeze({
  silentMs: 800,
  hangMs: 5000,
  replicaSilentMs: 2000,
  qlinkSilentMs: 400,
  starvedMs: 250,
  holdDownMs: 30_000,
  attemptsMax: 3,
  roundsMax: 3,
  retryAfterMs: 1000,
})

export function initialKeeperState(topology: Topology): KeeperState {
  const unseen: NodeHealth = {
    process: 'running',
    answeredAtMs: null,
    acknowledgedAtMs: null,
    silent: false,
    leftAlone: null,
  }
  const quarantined = topology.nodes.filter((node) => node.role === 'quarantined')
  return {
    topology,
    health: Object.fromEntries(topology.nodes.map((node) => [node.name, unseen])),
    qlink: { seenAtMs: null, heardAtMs: null, bytes: 0, progressAtMs: null, holdsBack: false },
    workflow: null,
    ticket: 0,
    refusal: null,
    quarantined: Object.fromEntries(quarantined.map((node) => [node.name, 'due' as const])),
    tickedAtMs: null,
    lookedAfterAtMs: 0,
    holdDownUntilMs: 0,
  }
}
