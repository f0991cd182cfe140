import { type NodeName, serverIdOf } from '../../model/node.js'

/**
 * With which server_id a node writes. One that leads an epoch has an id of that epoch, so that a GTID is given once even
 * when a server loses its tail and gives the same sequence number again. One that does not lead has an id by which
 * whatever is written on it is known for a stray. Both are unlike all that it ever had: a server passes over what carries
 * its own id, also what it has lost.
 */
export function leadingId(node: NodeName, epoch: number): number {
  return serverIdOf(node) + 10 * epoch
}

export function followingId(node: NodeName, epoch: number): number {
  return serverIdOf(node) + 5 + 10 * epoch
}

/** Of a leader: the number of its node, and its epoch. null for everybody else. */
export function leaderOf(serverId: number): { readonly node: number; readonly epoch: number } | null {
  const node = serverId % 10
  return node >= 1 && node <= 4 ? { node, epoch: Math.floor(serverId / 10) } : null
}
