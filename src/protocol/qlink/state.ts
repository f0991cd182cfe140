import type { EpochRecord, LogEnd, NodeAddress, QlinkPhase } from '../../model/qlink.js'

/** What qlink knows. Plain data; what is durable of it comes back after a restart by `recovered`. */
export interface QlinkState {
  readonly term: number
  readonly epoch: number
  readonly phase: QlinkPhase
  readonly leader: NodeAddress | null
  /**
   * From the moment a seal is asked for, before it is durable: nothing is acknowledged any more. It stays set when the
   * seal could not be written, so that an answer of that kind never has to be taken back.
   */
  readonly sealing: boolean
  readonly link: LinkState
  readonly received: LogEnd
  readonly durable: LogEnd
  readonly acknowledged: LogEnd
  readonly syncing: boolean
  readonly diskError: string | null
  readonly repairing: boolean
  readonly shadow: ShadowState | null
  readonly throttled: boolean
  /** The request at the head is being worked on; the others wait. */
  readonly requests: readonly QlinkRequest[]
  /** On its way to the disk for the request at the head. */
  readonly journaling: EpochRecord | null
}

export interface LinkState {
  /** Counts connections, so that what a former one still says is recognised. */
  readonly id: number
  readonly state: 'down' | 'connecting' | 'receiving' | 'closing'
  /** While down: not to be tried before. */
  readonly retryAtMs: number
}

export interface ShadowState {
  readonly address: NodeAddress
  /** What it lacks of the durable log; null while it does not answer, which holds nobody up. */
  readonly backlogTransactions: number | null
  /** The smallest backlog since it passed the limit, and since when it has not become smaller. */
  readonly best: { readonly transactions: number; readonly sinceMs: number } | null
}

export type QlinkRequest =
  | { readonly kind: 'claim'; readonly request: number }
  | {
      readonly kind: 'open'
      readonly request: number
      readonly term: number
      readonly epoch: number
      readonly leader: NodeAddress
    }
  /** `epoch: null` seals whatever is open. */
  | { readonly kind: 'seal'; readonly request: number; readonly term: number; readonly epoch: number | null }
  | {
      readonly kind: 'shadow'
      readonly request: number
      readonly term: number
      readonly address: NodeAddress | null
    }

export type QlinkEvent =
  /** The first event of a process: what the journal and the log say. */
  | {
      readonly kind: 'recovered'
      readonly term: number
      readonly epoch: number
      readonly phase: QlinkPhase
      readonly leader: NodeAddress | null
      readonly end: LogEnd
      readonly nowMs: number
    }
  | { readonly kind: 'asked'; readonly ask: QlinkRequest; readonly nowMs: number }
  | { readonly kind: 'journaled'; readonly nowMs: number }
  | { readonly kind: 'journal-failed'; readonly reason: string; readonly nowMs: number }
  | { readonly kind: 'linked'; readonly link: number }
  /** Also the answer to `unlink`. What was incomplete is cut from the log by now. */
  | { readonly kind: 'unlinked'; readonly link: number; readonly nowMs: number }
  /** Whole transactions up to `end` are in the log, not yet synced. */
  | { readonly kind: 'received'; readonly link: number; readonly end: LogEnd }
  | { readonly kind: 'synced'; readonly end: LogEnd; readonly nowMs: number }
  /** The log may lack what was not synced: it is cut to its durable end. */
  | { readonly kind: 'sync-failed'; readonly reason: string; readonly nowMs: number }
  | { readonly kind: 'repaired'; readonly nowMs: number }
  | { readonly kind: 'repair-failed'; readonly reason: string; readonly nowMs: number }
  /** The leader's heartbeat: it has sent everything it has. */
  | { readonly kind: 'caught-up'; readonly link: number }
  | { readonly kind: 'applied'; readonly backlogTransactions: number | null; readonly nowMs: number }
  | { readonly kind: 'tick'; readonly nowMs: number }

export type QlinkEffect =
  /** Make the record durable, then say `journaled` or `journal-failed`. */
  | { readonly kind: 'journal'; readonly record: EpochRecord }
  /** Connect to the leader and receive what follows `from`; says `linked` or `unlinked`. */
  | { readonly kind: 'link'; readonly link: number; readonly leader: NodeAddress; readonly from: string }
  | { readonly kind: 'unlink'; readonly link: number }
  /** Make everything appended durable, then say `synced` or `sync-failed`. */
  | { readonly kind: 'sync' }
  /** Make a log that failed writable again, on other blocks than those that failed. */
  | { readonly kind: 'repair' }
  /** One cumulative acknowledgement; repeated when there is nothing new, since one may have been lost (hole H12). */
  | { readonly kind: 'acknowledge'; readonly link: number; readonly upTo: LogEnd }
  | { readonly kind: 'reply'; readonly request: number; readonly answer: QlinkAnswer }
  | { readonly kind: 'wake'; readonly atMs: number }

export type QlinkAnswer =
  | { readonly kind: 'done'; readonly term: number; readonly epoch: number; readonly end: LogEnd }
  | { readonly kind: 'term-old'; readonly newest: number }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Could not be made durable; nothing of it is in force, except that a seal goes on muting. */
  | { readonly kind: 'failed'; readonly reason: string }

export interface QlinkLimits {
  /** Acknowledgements wait while the shadow lacks more than this, and go on at half of it (I7). */
  readonly backlogTransactionsMax: number
  /** A shadow whose backlog does not shrink for this long no longer holds anybody up. */
  readonly stuckAfterMs: number
  /** Between two tries to connect, or to write to a disk that failed. */
  readonly retryAfterMs: number
}

export const defaultQlinkLimits: QlinkLimits = Object.freeze({
  backlogTransactionsMax: 2000,
  stuckAfterMs: 5000,
  retryAfterMs: 100,
})

export interface QlinkStep {
  readonly state: QlinkState
  readonly effects: readonly QlinkEffect[]
}

export const logStart: LogEnd = Object.freeze({ gtid: '', transactions: 0, bytes: 0 })

export const initialQlinkState: QlinkState = Object.freeze({
  term: 0,
  epoch: 0,
  phase: 'idle',
  leader: null,
  sealing: false,
  link: Object.freeze({ id: 0, state: 'down', retryAtMs: 0 }),
  received: logStart,
  durable: logStart,
  acknowledged: logStart,
  syncing: false,
  diskError: null,
  repairing: false,
  shadow: null,
  throttled: false,
  requests: Object.freeze([]),
  journaling: null,
})
