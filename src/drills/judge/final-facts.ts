import { createHash } from 'node:crypto'
import type { ConvergenceFacts } from '../../history/checkers/convergence.js'
import type { NodeSession } from '../../history/collect/node-session.js'
import { present } from '../../kit/assert.js'
import type { NodeAtEnd } from '../../model/drill-result.js'
import type { Topology } from '../../model/topology.js'

/** Where each node stands when all clients have stopped, the master asked last. */
export interface EndPositions {
  readonly byNode: ReadonlyMap<string, string>
  /** Of the master, after the others: everything that they may have is in it. */
  readonly master: string
}

/** Asks the replicas first and the master last, because the keeper's heartbeat goes on. Throws what they throw. */
export async function endPositions(nodes: readonly NodeSession[]): Promise<EndPositions> {
  const [first, ...others] = nodes
  const master = present(first, 'master session')
  const replicas = await Promise.all(
    others.map(async ({ node, connection, dialect }) => [node, await dialect.position(connection)] as const),
  )
  const position = await master.dialect.position(master.connection)
  return { byNode: new Map([...replicas, [master.node, position]]), master: position }
}

/** The nodes as the report shows them: same rows, same checksum. */
export function nodesAtEnd(
  facts: ConvergenceFacts,
  positions: EndPositions,
  topology: Topology,
): readonly NodeAtEnd[] {
  return facts.nodes.map(({ node, caughtUp, checksums }) => ({
    node,
    role: topology.nodes.find(({ name }) => name === node)?.role ?? 'unknown',
    position: positions.byNode.get(node) ?? '',
    caughtUp,
    tables: checksums.size,
    checksum: digestOf(checksums),
  }))
}

function digestOf(checksums: ReadonlyMap<string, string | null>): string {
  const lines = [...checksums].sort(([left], [right]) => (left < right ? -1 : 1))
  const text = lines.map(([table, checksum]) => `${table} ${checksum ?? 'missing'}`).join('\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
