import { corelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import { checkErrant, checkPosition, checkQlink, checkSettings, checkTables, historyOf } from './checks.js'
import { compareTables } from './compare-tables.js'
import type { SamePosition } from './same-position.js'
import { openSamePosition } from './same-position.js'
import type { VerifyResult, VerifyTools } from './verify-tools.js'

const step = 'verify'

/**
 * Compares all serving nodes at one position, row by row, while service goes on: structure and content of every table,
 * transactions that only one node has, the settings on which durability stands, and qlink's log. Needs no pause of writes;
 * each replica stands for the moment in which it is brought to the position. Throws NO_MASTER, SWITCHOVER_REFUSED while
 * roles are being changed, QLINK_UNREACHABLE, DATABASE_UNREACHABLE, CANCELLED.
 */
export async function verifyCluster(tools: VerifyTools): Promise<VerifyResult> {
  const { emit, clock } = tools.context
  const startedMs = clock.monotonicMs()
  const { epoch, master, replicas } = servingNodes(tools)
  const histories = new Map<NodeName, string>()
  for (const node of [...replicas, master]) histories.set(node, await historyOf(tools, node))
  const errant = await checkErrant(tools, { master, histories })
  const settings = await checkSettings(tools, { master, replicas })
  const at = await asStep(
    emit,
    { step: 'verify.position', title: 'Open all nodes at one position' },
    clock,
    () => openSamePosition(tools, { master, replicas }),
    ({ position }) => position,
  )
  try {
    const qlink = await checkQlink(tools, at)
    const compared = await asStep(emit, { step, title: 'Compare every table on every node' }, clock, () =>
      compareTables(tools, at, step),
    )
    if (tools.topology().epoch !== epoch) throw masterChanged()
    const checks = [checkPosition(at), checkTables(compared), errant, settings, qlink]
    return {
      schema: 'corelab/verify@1',
      valid: checks.every((check) => check.valid),
      epoch,
      master,
      position: at.position,
      nodes: [master, ...replicas].map((node) => ({
        node,
        role: nodeOf(tools.topology(), node).role,
        history: histories.get(node) ?? '',
        compared: at.late[node] === undefined,
        pausedMs: at.replicas.find((replica) => replica.node === node)?.pausedMs ?? 0,
      })),
      checks,
      tables: compared.tables,
      rows: compared.rows,
      differences: compared.differences,
      durationMs: clock.monotonicMs() - startedMs,
    }
  } finally {
    await closeAll(at)
  }
}

function servingNodes(tools: VerifyTools): {
  readonly epoch: number
  readonly master: NodeName
  readonly replicas: readonly NodeName[]
} {
  const { epoch, master, nodes } = tools.topology()
  if (master === null)
    throw corelabError('NO_MASTER', {
      message: 'There is no master to compare the others with',
      fix: ['corelab status'],
    })
  const replicas = nodes.filter(({ name, serving, source }) => serving && source !== null && name !== master)
  return { epoch, master, replicas: replicas.map(({ name }) => name) }
}

function masterChanged() {
  return corelabError('NO_MASTER', {
    message: 'The master changed during the verification',
    fix: ['corelab cluster verify'],
  })
}

async function closeAll({ master, replicas }: SamePosition): Promise<void> {
  await Promise.all([master, ...replicas].map(({ reader }) => reader.close()))
}
