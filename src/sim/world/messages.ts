import type { LogEnd, NodeAddress, QlinkPhase } from '../../model/qlink.js'
import type { Topology } from '../../model/topology.js'

/** What a process asks another; each is answered once, or not at all. Times and ids are whole numbers. */
export type Ask = NodeAsk | QlinkAsk

export type NodeAsk =
  /** A client's insert of a row with a unique key; read-only nodes refuse it. */
  | { readonly kind: 'write'; readonly key: number }
  | { readonly kind: 'read' }
  | { readonly kind: 'lookup'; readonly key: number }
  /** On the control port: answers as long as the process runs. */
  | { readonly kind: 'status' }
  /** Whether it has received that very transaction. */
  | { readonly kind: 'includes'; readonly gtid: Gtid }
  /** The keeper's heartbeat row: proves that a write is acknowledged. */
  | { readonly kind: 'probe-write' }
  | { readonly kind: 'halt' }
  | { readonly kind: 'become-source'; readonly serverId: number }
  /** Written although the node is read-only still. */
  | { readonly kind: 'epoch-row'; readonly epoch: number }
  | { readonly kind: 'open-writes'; readonly epoch: number }
  | { readonly kind: 'close-writes' }
  /** Read-only, and no demand for acknowledgements. */
  | { readonly kind: 'end-authority' }
  /** The id with which it writes from then on, should it become a source. */
  | { readonly kind: 'follow'; readonly source: number; readonly serverId: number }
  /** Stopped replica threads go on. */
  | { readonly kind: 'nudge' }
  /** qlink applies its log: transactions from position `from` on. */
  | { readonly kind: 'replay'; readonly from: number; readonly transactions: readonly number[] }

export type QlinkAsk =
  | { readonly kind: 'claim' }
  | {
      readonly kind: 'open'
      readonly term: number
      readonly epoch: number
      readonly leader: NodeAddress
    }
  | { readonly kind: 'seal'; readonly term: number }
  | { readonly kind: 'shadow'; readonly term: number; readonly address: NodeAddress | null }
  | { readonly kind: 'replay-onto'; readonly term: number; readonly node: number }
  | { readonly kind: 'log-end' }
  /** Where in the log a GTID stands. */
  | { readonly kind: 'lookup-gtid'; readonly gtid: Gtid }
  /** How much of a history, given by who wrote each of its transactions, is in the log. */
  | { readonly kind: 'find-fork'; readonly servers: readonly number[] }

/** Domain 0; position 0 = nothing yet. */
export interface Gtid {
  readonly server: number
  readonly position: number
}

export type Answer =
  | Failed
  | { readonly kind: 'done' }
  | { readonly kind: 'written'; readonly position: number; readonly already: boolean }
  | { readonly kind: 'rows'; readonly committed: number }
  | { readonly kind: 'found'; readonly present: boolean }
  | NodeStatus
  | QlinkDone
  | {
      readonly kind: 'refused-by-qlink'
      readonly why: 'term-old' | 'refused' | 'failed'
      readonly reason: string
    }
  | { readonly kind: 'place'; readonly place: 'inside' | 'after' | 'foreign' }
  | { readonly kind: 'fork'; readonly common: number }

/**
 * `refused`: nobody listens; `read-only` and `error`: the server says no. In all three nothing was done. `closed`: the
 * connection ended meanwhile, so it may or may not have been done.
 */
export interface Failed {
  readonly kind: 'failed'
  readonly why: 'refused' | 'closed' | 'read-only' | 'error'
  readonly reason: string
}

export interface NodeStatus {
  readonly kind: 'node-status'
  /** The last transaction in its binlog. */
  readonly logged: Gtid
  /** The last one that it has received, applied or not. */
  readonly received: Gtid
  readonly committed: number
  readonly readOnly: boolean
  /** Demands acknowledgements. */
  readonly semiSync: boolean
  readonly acknowledgers: number
  /** Writes under way. */
  readonly busy: number
  readonly source: number | null
  readonly receiving: boolean
  readonly replicationError: string | null
}

export interface QlinkDone {
  readonly kind: 'qlink-done'
  readonly term: number
  readonly epoch: number
  readonly end: LogEnd
}

/** The first word on a connection that stays. */
export type Hello =
  | {
      readonly kind: 'dump'
      /** The receiver has everything up to here, the last of it written by `lastServer` (0 = nothing yet). */
      readonly from: number
      readonly lastServer: number
      readonly semiSync: boolean
    }
  | { readonly kind: 'watch' }

/** What goes over a connection that stays. */
export type StreamMessage =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'dump-error'; readonly reason: string }
  | { readonly kind: 'events'; readonly from: number; readonly transactions: readonly number[] }
  /** Everything up to `position` was sent. */
  | { readonly kind: 'heartbeat'; readonly position: number }
  | { readonly kind: 'ack'; readonly position: number }
  | QlinkLine

/** A line of qlink's watch. */
export interface QlinkLine {
  readonly kind: 'qlink-line'
  readonly term: number
  readonly epoch: number
  readonly phase: QlinkPhase
  readonly shadow: string | null
  readonly heardAgoMs: number | null
  readonly bytes: number
  readonly holdsBack: boolean
  readonly loopDelayMs: number
}

/** Sent to whoever listens, without a connection of its own. */
export interface Push {
  readonly kind: 'topology'
  readonly topology: Topology
}
