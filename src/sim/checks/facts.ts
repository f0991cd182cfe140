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

/** What a campaign must have met at least once: otherwise its silence proves nothing. */
export type Sometimes = (typeof sometimes)[number]

export const sometimes = [
  'failover completed',
  'switchover completed',
  'switchover taken back',
  'failover began again from the seal',
  'failover refused for now',
  'qlink replay used',
  'surplus kept',
  'torn tail cut',
  'un-synced tail lost',
  'seal could not be written',
  'log repaired after a failed sync',
  'acknowledgement repeated on a heartbeat',
  'back-pressure hit',
  'stuck shadow given up',
  'keeper died at seal',
  'keeper died at halt',
  'keeper died at survey',
  'keeper died at drain',
  'keeper died at attach',
  'keeper died at open',
  'keeper died at repoint',
  'keeper died between publishing and its next step',
  'standby took over',
  'older keeper refused',
  'keeper starved',
  'candidate died',
  'hang detected',
  'silence detected',
  'ambiguous commit resolved',
  'fenced zombie',
  'un-acknowledged tail truncated',
  'un-acknowledged tail committed by recovery',
  'node diverged and held',
  'node cloned anew',
  'old master rejoined',
  'replica given up',
  'errant write found',
  'message duplicated',
  'write held by the router',
] as const
