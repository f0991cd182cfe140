import type { Topology } from '../model/topology.js'

/**
 * Told of a topology. `confirmedAtMs`: when the question was asked that this answers, by the monotonic clock; at that
 * time nothing newer was known to anybody. Absent for what came by itself: nobody knows how long it was on its way.
 */
export type TopologyListener = (topology: Topology, confirmedAtMs?: number) => void

/** The answer to a question. */
export interface ConfirmedTopology {
  readonly topology: Topology
  readonly confirmedAtMs: number
}

/** Reads the document that the keeper publishes; null for anything else. */
export function parseTopology(text: string): Topology | null {
  try {
    const topology = JSON.parse(text) as Partial<Topology> | null
    const isTopology = typeof topology?.epoch === 'number' && Array.isArray(topology.nodes)
    return isTopology ? (topology as Topology) : null
  } catch {
    return null
  }
}
