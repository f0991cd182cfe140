import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { ConnectionDrop } from './connection-drops.js'
import { emptyReaderBook, type ReaderBook, type ReaderLimits } from './reader-book.js'
import type { HeldRequest, Wish } from './wish.js'

/** What a router knows. Plain data. */
export interface RouterState {
  readonly topology: Topology | null
  /** The latest time at which the topology is known to have been the newest one; null = never. */
  readonly confirmedAtMs: number | null
  /** In the order in which they are let go. */
  readonly held: readonly HeldRequest[]
  readonly readers: ReaderBook
}

export type RouterEvent =
  | {
      readonly kind: 'topology'
      readonly topology: Topology
      readonly nowMs: number
      /**
       * When the question was asked that this answers. Absent for a message that came by itself: it may have lain in a
       * buffer for as long as this process was stopped, so it confirms nothing.
       */
      readonly confirmedAtMs?: number | undefined
    }
  | ({ readonly kind: 'ask' } & Asking)
  /** The node could not take a request, which certainly had no effect: safe to send again. */
  | ({
      readonly kind: 'bounced'
      readonly node: NodeName
      /** Of the `send`. A node that was left with its epoch is not to blame. */
      readonly epoch: number
    } & Asking)
  /** How far a reader is behind; null = not known. */
  | {
      readonly kind: 'lag'
      readonly node: NodeName
      readonly lagMs: number | null
      readonly nowMs: number
    }
  /** The client no longer waits. */
  | { readonly kind: 'withdrawn'; readonly request: number }
  | { readonly kind: 'tick'; readonly nowMs: number }

/** A wish, at the time it is made. */
export type Asking = Wish & { readonly nowMs: number }

export type RouterEffect =
  | {
      readonly kind: 'send'
      readonly request: number
      readonly node: NodeName
      readonly epoch: number
      /** As whom the node was chosen: it must still be that when the work begins. */
      readonly as: 'master' | 'reader'
    }
  | { readonly kind: 'reject'; readonly request: number; readonly reason: RejectReason }
  /** Send a `tick` at this time. */
  | { readonly kind: 'wake'; readonly atMs: number }
  /** Ask for the newest topology now, and tell it with the time of asking; one question at a time is enough. */
  | { readonly kind: 'resolve' }
  | ConnectionDrop
  | { readonly kind: 'adopted'; readonly topology: Topology; readonly newEpoch: boolean }

/** `unconfirmed`: a master is known, but nobody could be asked whether it still is. */
export type RejectReason = 'no-topology' | 'no-master' | 'unconfirmed' | 'queue-full'

export interface RouterStep {
  readonly state: RouterState
  readonly effects: readonly RouterEffect[]
}

export interface RouterLimits extends ReaderLimits {
  /** How many requests may wait for a master: beyond it they are refused, so that memory stays bounded. */
  readonly heldMax: number
  /** The pause before a bounced or unconfirmed request is looked at again. */
  readonly retryAfterMs: number
  /** How many replicas are asked for what a session has written before the master is. */
  readonly replicasTriedMax: number
  /** null = the master is believed in for ever: for a driver that has nobody to ask. */
  readonly leaseMs: number | null
}

/**
 * How long a master is believed in without a word: 500 ms. The truth is looked at every 200 ms, so a late look or two
 * cost nothing; and to ask again costs a fraction of a millisecond, so there is no reason to wait longer.
 *
 * What it does not promise: a new master does not wait for old leases to end. A client that was stopped just after a
 * look, while an old master that still answers was cut off and replaced, can read from it what is up to `leaseMs` old.
 * Writes are safe without any lease: nobody acknowledges them.
 */
export const readLeaseMs = 500

export const defaultRouterLimits: RouterLimits = Object.freeze({
  heldMax: 10_000,
  retryAfterMs: 50,
  benchMs: 1000,
  lagMsMax: 5000,
  lagMsReturn: 2000,
  replicasTriedMax: 2,
  leaseMs: null,
})

export const initialRouterState: RouterState = Object.freeze({
  topology: null,
  confirmedAtMs: null,
  held: [],
  readers: emptyReaderBook,
})
