import { present } from '../../kit/assert.js'
import { nodeOf } from '../../model/topology.js'
import { placeForReturn } from '../../protocol/keeper/topology-change.js'
import { nodeIndexOf } from '../processes/addresses.js'
import type { BringBack } from '../processes/keeper-returns.js'
import { followingId } from '../processes/server-ids.js'
import { ask, sleep, Trouble } from '../processes/tasks.js'

/** Planted: starts an old master as it is, and takes its word that it is a replica now. */
export const readmitUnproved: BringBack = function* (tools, name, tell) {
  if (tools.isBusy() || tools.topology().master === null) return
  if (nodeOf(tools.topology(), name).role !== 'quarantined') return
  const process = tools.nodeOf(name)
  if (!tools.supervisor.start(process, { truncating: false })) throw new Trouble(`${name} does not start`)
  yield* sleep(1000)
  const { role, source } = placeForReturn(tools.topology())
  const from = present(source, 'source for the return')
  const serverId = followingId(name, tools.topology().epoch)
  yield* ask(process, { kind: 'follow', source: nodeIndexOf(from), serverId }, 1000)
  tell({ kind: 'readmitted', node: name, role, source: from })
}
