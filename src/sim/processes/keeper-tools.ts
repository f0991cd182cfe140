import type { Random } from '../../kit/random.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { Facts } from '../checks/facts.js'
import type { DatabaseNode } from '../database/database-node.js'
import type { Process } from '../world/process.js'
import type { Supervisor } from './supervisor.js'
import type { Work } from './tasks.js'

/** What a keeper's steps work with. */
export interface KeeperTools {
  readonly nodeOf: (name: NodeName) => Process
  readonly qlink: Process
  readonly supervisor: Supervisor
  readonly facts: Facts
  readonly random: Random
  /** The files of a node, for whoever reads them while it is down. */
  readonly dataOf: (name: NodeName) => DatabaseNode
  /** Nodes out of service that this keeper has started by themselves, and in which life of theirs. */
  readonly isolated: Map<NodeName, number>
  readonly topology: () => Topology
  readonly isBusy: () => boolean
  /** The claim on qlink; 0 before the first. */
  readonly term: () => number
  /** Ends what is under way with a node, of whichever work. */
  readonly dropLine: (node: NodeName) => void
  /** Work that nobody waits for. */
  readonly aside: (work: Work<void>) => void
  readonly nowMs: () => number
  readonly tell: (what: string) => void
}

/** Limits of single statements and of whole steps, as the driver of real servers has them. */
export const statementLimitMs = 1000
export const writeLimitMs = 3000
export const attachLimitMs = 5000
export const drainLimitMs = 15_000
export const levelLimitMs = 1500
export const sealPatienceMs = 1000
export const pollMs = 20
