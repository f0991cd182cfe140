import type { Topology } from '../../model/topology.js'

/** `topology.json`: what a keeper has made durable. It outlives everybody. */
export interface TopologyStore {
  current: Topology
  /** Who holds the keeper's lock: the index of a process, and which life of it. */
  lock: { readonly holder: number; readonly life: number } | null
  lastHolder: number
}
