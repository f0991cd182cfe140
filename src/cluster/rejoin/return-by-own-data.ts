import { asStep } from '../../kit/events.js'
import { formatCount } from '../../kit/units.js'
import type { NodeName } from '../../model/node.js'
import { findExtras } from './find-extras.js'
import { finishFlashback, flashback } from './flashback.js'
import { followHistory } from './follow-history.js'
import type { ExtrasRecord, RejoinMode, RejoinOutcome, RejoinTools } from './rejoin-tools.js'
import { restartIsolated } from './restart-isolated.js'
import { saveExtras } from './save-extras.js'
import { serveAgain } from './serve-again.js'

type End = Pick<RejoinOutcome, 'state' | 'extras' | 'takenBack' | 'reason' | 'next'>

/** Brings a quarantined node back with the data that it has. Throws what {@link rejoinNode} names. */
export async function returnByOwnData(
  tools: RejoinTools,
  { node, mode }: { readonly node: NodeName; readonly mode: Exclude<RejoinMode, 'reclone'> },
): Promise<End> {
  const step = stepsOf(tools, node)
  // Killed, not stopped: a master that is stopped while commits wait commits them all, and may even answer OK (hole H5).
  await tools.supervisor.kill(node)
  // Listed before it starts: the start takes back what nobody acknowledged.
  const extras = await step('list', 'List what the present history lacks', async () => {
    const found = await findExtras(tools, node)
    return found && saveExtras(tools, node, found)
  })
  if (mode === 'inspect')
    return extras ? hold(tools, node, { extras, left: extras.transactions.length }) : clean(node)
  await step('restart', 'Start it by itself, without what nobody acknowledged', async () => {
    await restartIsolated(tools, node)
    await finishFlashback(tools, node)
  })
  // A start can only take something back.
  const left = extras && (await findExtras(tools, node))
  if (left && mode === 'default') return hold(tools, node, { extras, left: left.transactions.length })
  if (left) {
    const title = `Undo ${transactionsText(left.transactions.length)}`
    await step('undo', title, () => flashback(tools, { node, left }))
  }
  const followed = await step('follow', 'Follow the present history', () => followHistory(tools, node))
  const takenBack = extras?.transactions.length ?? 0
  if (!followed.followed) {
    const reason = `its source refuses it (${followed.refusal}): ${followed.error}`
    await tools.tell({ kind: 'diverged', node, reason })
    return { state: 'held', extras, takenBack, reason, next: [recloneCommand(node)] }
  }
  await serveAgain(tools, { node, ...followed })
  return { state: 'serving', extras, takenBack, reason: null, next: [] }
}

function clean(node: NodeName): End {
  const reason = 'it has nothing beyond the present history'
  return { state: 'held', extras: null, takenBack: 0, reason, next: [`corelab cluster rejoin ${node}`] }
}

async function hold(
  tools: RejoinTools,
  node: NodeName,
  { extras, left }: { readonly extras: ExtrasRecord; readonly left: number },
): Promise<End> {
  const reason = `it has ${transactionsText(left)} beyond ${extras.lastCommon ?? 'the present history'}, listed in ${extras.files.list}`
  await tools.tell({ kind: 'diverged', node, reason })
  const canUndo = tools.dialect.engine === 'mariadb' && extras.transactions.every((each) => each.reversible)
  return {
    state: 'held',
    extras,
    takenBack: extras.transactions.length - left,
    reason,
    next: [
      ...(extras.files.text ? [`less '${extras.files.text}'`] : []),
      ...(canUndo ? [`corelab cluster rejoin ${node} --mode flashback   (undoes them)`] : []),
      `${recloneCommand(node)}   (copies a slave)`,
    ],
  }
}

/** Steps of one node's return: several may be under way. */
function stepsOf({ context }: RejoinTools, node: NodeName) {
  const parent = `rejoin.${node}`
  return <T>(name: string, title: string, work: () => Promise<T>): Promise<T> =>
    asStep(context.emit, { step: `${parent}.${name}`, title, parent }, context.clock, work)
}

function transactionsText(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'transaction' : 'transactions'}`
}

function recloneCommand(node: NodeName): string {
  return `corelab cluster rejoin ${node} --mode reclone`
}
