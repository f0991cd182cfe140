import { present } from '../../kit/assert.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import type { RejoinTools } from '../rejoin/rejoin-tools.js'
import { awaitReplicating, controlOf, demandChain, wireReplica } from './replication-wiring.js'
import type { Supervisor } from './supervisor.js'
import { strayOf } from './survey.js'

const statementLimitMs = 5000

/**
 * Starts the process of a replica if it does not run, proves that what it has is part of the present history, and lets
 * it follow its source; then it serves. A node that has something else is quarantined instead (I4).
 */
export async function readmit(
  tools: RejoinTools & { readonly supervisor: Pick<Supervisor, 'start'> },
  name: NodeName,
): Promise<void> {
  await tools.supervisor.start(name)
  const position = await controlOf(tools, name).run(statementLimitMs, (connection) =>
    tools.dialect.position(connection),
  )
  const reason = await strayOf(tools, { position, oldMaster: tools.topology().master })
  if (reason !== null) return tools.tell({ kind: 'diverged', node: name, reason })
  const node = nodeOf(tools.topology(), name)
  demandChain(tools.topology())
  await wireReplica(tools, tools.topology(), node)
  await awaitReplicating(tools, name)
  await tools.tell({
    kind: 'readmitted',
    node: name,
    role: node.role,
    source: present(node.source, 'source'),
  })
}
