import type { NodeName, Role } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { WiringTools } from '../keeper/replication-wiring.js'
import type { Supervisor } from '../keeper/supervisor.js'
import type { QlinkClient } from '../qlink-client.js'

/** What bringing a node back works with. */
export interface RejoinTools extends WiringTools {
  readonly qlink: Pick<QlinkClient, 'lookup'>
  readonly supervisor: Pick<Supervisor, 'start' | 'stop' | 'kill' | 'spec'>
  readonly topology: () => Topology
  readonly dataDirOf: (node: NodeName) => string
  /** Where what a node had beyond the present history is kept. */
  readonly extrasDir: string
  /** Of the database servers, e.g. `10.11.19-MariaDB`. */
  readonly serverVersion: string
  readonly tell: (fact: RejoinFact) => Promise<void>
}

/** What the keeper's machine is told. */
export type RejoinFact =
  | {
      readonly kind: 'readmitted'
      readonly node: NodeName
      readonly role: Role
      readonly source: NodeName
    }
  | { readonly kind: 'diverged'; readonly node: NodeName; readonly reason: string }
  | { readonly kind: 'withdrawn'; readonly node: NodeName }

/**
 * `default`: takes back what nobody acknowledged, where the engine can do it safely, and follows; else as `inspect`.
 * `inspect`: lists what the node has beyond the present history, and changes nothing else.
 * `flashback`: undoes those transactions, row by row, and follows.
 * `reclone`: gives the node a copy of a slave; its own data is set aside.
 */
export type RejoinMode = (typeof rejoinModes)[number]

export const rejoinModes = ['default', 'inspect', 'flashback', 'reclone'] as const

/** A transaction that a node has and the present history lacks. */
export interface ExtraTransaction {
  readonly gtid: string
  /** When it was written, to the second. */
  readonly at: string
  readonly bytes: number
  /** `schema.table`, as far as rows were changed. */
  readonly tables: readonly string[]
  /** The text of statements that are not rows, e.g. DDL, shortened. */
  readonly statements: readonly string[]
  /** Only row changes, so that it can be undone by its own images. */
  readonly reversible: boolean
}

/** What was found beyond the present history, and the files in which it is kept. */
export interface ExtrasRecord {
  readonly schema: 'corelab/extras@1'
  readonly node: NodeName
  /** The epoch in force when it was found. */
  readonly epoch: number
  readonly foundAt: string
  /** The last transaction that the node shares with the present history; null when its binlogs hold none. */
  readonly lastCommon: string | null
  readonly transactions: readonly ExtraTransaction[]
  readonly files: {
    /** This record. */
    readonly list: string
    /** The events, byte for byte, as a binlog file. */
    readonly binlog: string
    /** The events as text; null when there is no program on this host that writes it. */
    readonly text: string | null
  }
}

/** How an attempt to bring a node back has ended. */
export interface RejoinOutcome {
  readonly schema: 'corelab/rejoin@1'
  readonly node: NodeName
  readonly mode: RejoinMode
  /** `held`: it stays out of service. */
  readonly state: 'serving' | 'held'
  readonly role: Role
  readonly durationMs: number
  /** What it had beyond the present history when the attempt began; null when nothing. */
  readonly extras: ExtrasRecord | null
  /** How many of those it does not have any more. */
  readonly takenBack: number
  /** Why it is held; null when it serves. */
  readonly reason: string | null
  /** The commands that go on from here. */
  readonly next: readonly string[]
}
