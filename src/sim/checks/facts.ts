import type { Topology } from '../../model/topology.js'

/**
 * What the actors tell the checks while they happen. Nodes are named by their index, positions count transactions from
 * 1. Nothing is decided by what is told here: a run without checks is the same run.
 */
export interface Facts {
  /** A node has `position` transactions in its binlog now. */
  logged(node: number): void
  /** A node's visible history grew. */
  committed(node: number): void
  /** A node is about to tell whoever wrote the transaction at `position` that it is committed. */
  toldOk(node: number, position: number): void
  openedWrites(node: number, epoch: number): void
  closedWrites(node: number): void
  /** A crashed node is up again, with less or more than it showed before. */
  recovered(node: number): void
  /** A node's data was replaced by a copy. */
  replaced(node: number): void
  qlinkStarted(): void
  routerStarted(router: number): void
  /** qlink sends an acknowledgement to a node. */
  acknowledges(node: number, position: number): void
  /** From here on nothing more may be acknowledged in the epoch. */
  sealAsked(epoch: number): void
  /** qlink has looked how much its shadow lacks; null = it does not answer. */
  shadowPolled(shadow: number, seen: { readonly backlog: number | null; readonly durable: number }): void
  sealed(epoch: number, end: number): void
  opened(epoch: number, leader: number): void
  /** The keeper's store took over another topology. */
  published(): void
  /** A router believes in another topology. */
  adopted(router: number, topology: Topology): void
  clientHeardOk(key: number): void
  /** A read from the master, asked at that time, saw so many transactions. */
  readMaster(committed: number, askedAtUs: number): void
  /** An operator wrote a transaction on a replica: from now on the history of whoever has it is its own. */
  errant(node: number, transaction: number): void
  sometimes(what: Sometimes): void
}

/** Something that a campaign must have met at least once: otherwise its silence proves nothing. */
export type Sometimes = (typeof sometimes)[number]

/**
 * After how many runs of a minute each must have been met. By then it is expected ten times over, so a counter at zero
 * means that the schedules no longer lead there.
 */
export const metAfterSeeds = {
  'failover completed': 200,
  'switchover completed': 200,
  'switchover taken back': 200,
  'failover began again from the seal': 200,
  'failover refused for now': 200,
  'qlink replay used': 200,
  'surplus kept': 200,
  'torn tail cut': 200,
  'un-synced tail lost': 2000,
  'seal could not be written': 200,
  'log repaired after a failed sync': 200,
  'acknowledgement repeated on a heartbeat': 200,
  'back-pressure hit': 200,
  'stuck shadow given up': 2000,
  'keeper died at seal': 2000,
  'keeper died at halt': 2000,
  'keeper died at survey': 2000,
  'keeper died at drain': 2000,
  'keeper died at attach': 2000,
  'keeper died at open': 2000,
  'keeper died at repoint': 2000,
  'keeper died between publishing and its next step': 200,
  'standby took over': 200,
  'older keeper refused': 5000,
  'keeper starved': 200,
  'candidate died': 5000,
  'hang detected': 200,
  'silence detected': 200,
  'ambiguous commit resolved': 200,
  'fenced zombie': 200,
  'un-acknowledged tail truncated': 200,
  'un-acknowledged tail committed by recovery': 200,
  'node diverged and held': 200,
  'node cloned anew': 5000,
  'old master rejoined': 200,
  'replica given up': 2000,
  'errant write found': 200,
  'message duplicated': 200,
  'write held by the router': 200,
} as const

export const sometimes = Object.freeze(Object.keys(metAfterSeeds) as (keyof typeof metAfterSeeds)[])
