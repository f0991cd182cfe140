import type { ConnectFault, ConnectionAct, FlowFaults } from './drill-fault.js'
import type { Role } from './node.js'

/**
 * A drill is one value: an environment, a load, a schedule of faults, and what must be true afterwards. Everything in
 * it is data, so that it can be described, recorded and run again.
 */
export interface Drill {
  /** `D01`; stable, as reports and papers refer to it. */
  readonly id: string
  /** What the command line calls it. */
  readonly name: string
  /** What happens, in a few words, for lists. */
  readonly title: string
  /** State letters of who is where, e.g. `MS -> XM`; X down, P paused, ~ cut off. */
  readonly state: string
  /** One sentence: what somebody who has seen it pass knows. */
  readonly shows: string
  /** A negative control switches a safety setting off and passes when the loss that follows is found. */
  readonly kind: 'drill' | 'negative-control'
  readonly environment: DrillEnvironment
  /** What the core and the host must have; without it the verdict is unknown. */
  readonly needs: readonly DrillNeed[]
  /** The pause of each client before each write, where the usual one would not do. */
  readonly thinkMs?: number
  readonly schedule: readonly DrillStep[]
  readonly expects: DrillExpectations
}

export interface DrillEnvironment {
  /** Every connection to a node goes through the fault proxy. */
  readonly network: boolean
  /** false: the keeper cannot end an old master's process, as if it were on a host out of reach. */
  readonly stonith: boolean
  /** false: the keeper does not put safety settings back, so that one can be switched off to see what follows. */
  readonly guarded: boolean
}

export type DrillNeed = 'qlink' | 'fault-proxy' | 'mariadb'

/** Who a fault is meant for, by the role at the moment when it strikes. */
export type DrillNode = Role | 'victim'

/** `victim`: the node that was last struck as master. */
export type DrillProcess = DrillNode | 'qlink' | 'keeper'

export type DrillParty = DrillNode | 'keeper' | 'qlink' | 'clients' | '*'

export interface DrillEdge {
  readonly from: DrillParty
  readonly to: DrillNode | '*'
}

/** What a schedule waits for. */
export type Awaited =
  /** A newer epoch than at the last fault has a master, and a client got an OK from it. */
  | 'failover'
  /** Clients get OKs again. */
  | 'writes'
  /** No client gets an OK any more. */
  | 'silence'
  /** All four nodes serve, and nothing is under way. */
  | 'whole'
  /** The victim is out of service, and its process is there no more. */
  | 'victim-gone'
  /** The keeper stands before the step where it was told to hold. */
  | 'keeper-held'
  /** qlink slows its acknowledgements down. */
  | 'throttling'
  /** qlink cannot write its log. */
  | 'disk-error'
  /** The old master has transactions that qlink never acknowledged. */
  | 'unacknowledged-tail'

/** Part of a schedule. Times are for a run without `--quick`. */
export type DrillStep =
  /** `exact`: as long as this with `--quick`, too. */
  | { readonly do: 'run'; readonly forMs: number; readonly exact?: boolean }
  | {
      readonly do: 'signal'
      readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'
      readonly to: readonly DrillProcess[]
    }
  | {
      readonly do: 'network'
      readonly title: string
      readonly edges: readonly DrillEdge[]
      readonly forward?: Partial<FlowFaults>
      readonly backward?: Partial<FlowFaults>
      readonly connect?: ConnectFault
    }
  | { readonly do: 'connections'; readonly act: ConnectionAct; readonly edges: readonly DrillEdge[] }
  | { readonly do: 'heal'; readonly edges?: readonly DrillEdge[] }
  | { readonly do: 'await'; readonly what: Awaited; readonly limitMs: number }
  | { readonly do: 'switchover'; readonly expect: 'done' | 'refused' }
  | { readonly do: 'hold-keeper'; readonly before: string }
  | { readonly do: 'release-keeper' }
  | { readonly do: 'pause-clients' }
  | { readonly do: 'resume-clients' }
  | { readonly do: 'rival-keeper' }
  | { readonly do: 'start-core' }
  | { readonly do: 'fill-disk'; readonly of: 'qlink' }
  | { readonly do: 'free-disk'; readonly of: 'qlink' }
  | {
      readonly do: 'session'
      readonly name: string
      readonly on: DrillNode
      readonly as: 'keeper' | 'workload'
      readonly title: string
      /** With `{...}` for values of the run; see the executor. */
      readonly statements: readonly string[]
      /** Keeps the session, and with it its locks, until it is ended by its name. */
      readonly keep: boolean
    }
  | { readonly do: 'end-session'; readonly name: string }
  | { readonly do: 'use-up-connections'; readonly on: DrillNode }
  | { readonly do: 'give-connections-back' }
  | { readonly do: 'loyal-clients'; readonly to: DrillNode; readonly clients: number }
  | { readonly do: 'hasty-acker'; readonly of: DrillNode }
  | { readonly do: 'promote-by-hand'; readonly node: DrillNode }
  | { readonly do: 'write-marker'; readonly on: DrillNode }
  | { readonly do: 'look-for-marker'; readonly on: DrillNode; readonly expect: 'there' | 'gone' }
  | { readonly do: 'repeat'; readonly times: number; readonly steps: readonly DrillStep[] }

/** A step without steps inside. */
export type SingleStep = Exclude<DrillStep, { readonly do: 'repeat' }>

export interface DrillExpectations {
  /** Changes of the master: at least and at most. */
  readonly epochChanges: readonly [min: number, max: number]
  /** The longest time without an OK: what is aimed at is reported, what is too long fails. null = no claim. */
  readonly writeGap: { readonly aimMs: number; readonly limitMs: number } | null
  /** Clients must have had answers of unknown outcome, or the drill proved nothing about them. */
  readonly unknownOutcomes?: boolean
  /** No client call may have failed or become unknown. */
  readonly noErrors?: boolean
  /** The old master must have had transactions that the new history lacks. */
  readonly extras?: boolean
  /** All four nodes serve at the end, without help. Default: true. */
  readonly whole?: boolean
  /** Negative controls: what must be found. */
  readonly loss?: 'acknowledged-writes' | 'seen-row' | 'two-writers'
}
