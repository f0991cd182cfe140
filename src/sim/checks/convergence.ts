import { type NodeName, nodeNames } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { DatabaseNode } from '../database/database-node.js'
import type { Transactions } from '../database/transactions.js'
import type { AckLedger } from './ack-ledger.js'

export interface EndState {
  readonly topology: Topology
  readonly nodes: readonly DatabaseNode[]
  readonly transactions: Transactions
  readonly ledger: AckLedger
  /** Quarantined until a person decides. */
  readonly isHeld: (name: NodeName) => boolean
  /** Keys that were acknowledged when everything had healed, and at the end. */
  readonly acknowledgedAfterHealing: number
}

/** What is wrong when everything has healed and the clients are quiet: by the name of the check, or null. */
export function judgeEnd(end: EndState): { readonly invariant: string; readonly message: string } | null {
  const { topology, nodes } = end
  if (topology.master === null)
    return { invariant: 'liveness', message: `there is no master: ${topology.reason}` }
  const master = nodes[nodeNames.indexOf(topology.master)]
  if (!master?.state.isReady || master.state.readOnly)
    return { invariant: 'liveness', message: `${topology.master} is the master and takes no writes` }
  if (end.acknowledgedAfterHealing === 0)
    return { invariant: 'liveness', message: 'no write was acknowledged after everything had healed' }
  for (const [index, { name, serving, role, source }] of topology.nodes.entries()) {
    if (end.isHeld(name)) continue
    if (!serving) return { invariant: 'liveness', message: `${name} (${role}) does not serve` }
    const isFollowing =
      role === 'master' || topology.nodes.some((each) => each.name === source && each.role !== 'quarantined')
    if (!isFollowing)
      return {
        invariant: 'liveness',
        message: `${name} (${role}) follows ${source}, which is out of the chain`,
      }
    const difference = differenceBetween(master, nodes[index] as DatabaseNode)
    if (difference !== null) return { invariant: 'convergence', message: `${name}: ${difference}` }
  }
  return judgeKeys(end, master)
}

const lagMax = 3

function differenceBetween(master: DatabaseNode, node: DatabaseNode): string | null {
  const [theirs, own] = [master.state, node.state]
  // The keeper writes its heartbeat row all the time.
  if (own.committed < theirs.committed - lagMax)
    return `it has ${own.committed} of ${own.log.length} transactions, the master ${theirs.committed} of ${theirs.log.length}`
  for (let position = 1; position <= own.committed; position++)
    if (own.log.at(position) !== theirs.log.at(position))
      return `position ${position} differs from the master's`
  return null
}

/** Every write that a client heard OK for is there, once; none that certainly failed is. */
function judgeKeys(
  { ledger, transactions }: EndState,
  { state }: DatabaseNode,
): { readonly invariant: string; readonly message: string } | null {
  const counts = new Map<number, number>()
  for (const number of state.log.numbers) {
    const { key } = transactions.of(number)
    if (key !== 0) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  for (let key = 1; key <= ledger.keys; key++) {
    const count = counts.get(key) ?? 0
    const outcome = ledger.outcomeOf(key)
    if (count > 1) return { invariant: 'duplicates', message: `key ${key} was written ${count} times` }
    if (outcome === 'ok' && count === 0)
      return { invariant: 'RPO', message: `key ${key} was acknowledged, and is lost` }
    if (outcome === 'failed' && count === 1)
      return { invariant: 'phantom', message: `key ${key} certainly failed, and is there` }
  }
  return null
}
