import type { NodeName } from './node.js'

/** How a party reaches a database node by TCP. In drills the address may be that of a fault proxy. */
export interface NodeAddress {
  readonly node: NodeName
  readonly host: string
  readonly port: number
}

/**
 * `idle`: no epoch yet. `open`: acknowledges the epoch's leader, and nobody else. `sealed`: the epoch is over, for
 * good; nobody is acknowledged until the next one is opened.
 */
export type QlinkPhase = 'idle' | 'open' | 'sealed'

/**
 * One line of qlink's epoch journal, durable before it has any effect: `open` before the first acknowledgement of the
 * epoch, `sealed` before the keeper is told so, `term` before a keeper's claim is answered.
 */
export type EpochRecord =
  | { readonly kind: 'term'; readonly term: number }
  | {
      readonly kind: 'open'
      readonly term: number
      readonly epoch: number
      readonly leader: NodeAddress
      /** GTID position of the log's end when the epoch began. */
      readonly from: string
    }
  | {
      readonly kind: 'sealed'
      readonly term: number
      readonly epoch: number
      /** GTID position of the log's end: everything up to here may have been answered OK. */
      readonly end: string
    }

/** The end of something in qlink's log: by position, and counted from the log's first transaction ever. */
export interface LogEnd {
  /** GTID position; the empty string before the first transaction. */
  readonly gtid: string
  readonly transactions: number
  readonly bytes: number
}

/** What qlink tells of itself: `GET /status`, and a line of `GET /watch`. */
export interface QlinkStatus {
  readonly schema: 'corelab/qlink-status@1'
  readonly pid: number
  /** The newest keeper that claimed qlink; older ones are refused. */
  readonly term: number
  /** 0 before the first. */
  readonly epoch: number
  readonly phase: QlinkPhase
  readonly leader: NodeAddress | null
  readonly link: QlinkLink
  readonly received: LogEnd
  readonly durable: LogEnd
  readonly acknowledged: LogEnd
  /** The replica whose backlog slows the acknowledgements; null when there is none. */
  readonly shadow: QlinkShadow | null
  /** Acknowledgements are held back at the moment, so that the shadow can catch up (I7). */
  readonly throttled: boolean
  /** null while the log can be written; else why not. Nothing is acknowledged then. */
  readonly diskError: string | null
  /** The log itself is damaged, as `diskError` says: waiting does not help, nor does another disk. */
  readonly logDamaged?: boolean
  /** How late qlink's own event loop was at worst in the last second: its silence is then no evidence. */
  readonly loopDelayMs: number
  readonly counters: QlinkCounters
}

export interface QlinkLink {
  readonly state: 'down' | 'connecting' | 'receiving'
  /** Since the last packet of the leader, an event or a heartbeat; null when there never was one. */
  readonly heardAgoMs: number | null
  /**
   * How far what this epoch's leader sent has come, in bytes of the log, also inside a transaction that is not whole. What
   * grows is alive; what is only sent again does not make it grow.
   */
  readonly furthestBytes: number
  /** Why the link is down. */
  readonly error: string | null
}

export interface QlinkShadow {
  readonly address: NodeAddress
  /** What it has applied; null while it does not answer. */
  readonly applied: string | null
  readonly backlogTransactions: number
}

export interface QlinkCounters {
  readonly transactions: number
  readonly bytes: number
  readonly syncs: number
  readonly acks: number
  /** Times that acknowledgements were held back. */
  readonly throttles: number
  readonly links: number
  readonly cpuMicros: number
  readonly residentBytes: number
}

/** Where a GTID stands in qlink's log. `foreign`: inside the log's range, but the log has another one in its place. */
export type LogPlace = 'before' | 'inside' | 'after' | 'foreign'
