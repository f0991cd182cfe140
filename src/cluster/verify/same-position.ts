import type { SqlConnection } from '../../clients/mysql/connection.js'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { awaitTrue, controlOf } from '../keeper/replication-wiring.js'
import { snapshotSqlOf } from './snapshot-sql.js'
import type { TableShape } from './table-shape.js'
import { readTableShapes } from './table-shape.js'
import type { VerifyTools } from './verify-tools.js'

/** A session that sees its node at the common position, until it is closed. */
export interface NodeSnapshot {
  readonly node: NodeName
  readonly reader: SqlConnection
  /** Its tables at that position: a snapshot is of rows, and does not keep what DDL changes. */
  readonly shapes: ReadonlyMap<string, TableShape>
  readonly pausedMs: number
}

export interface SamePosition {
  readonly position: string
  readonly master: NodeSnapshot
  readonly replicas: readonly NodeSnapshot[]
  /** Replicas that could not be brought to the position, and why. */
  readonly late: Readonly<Record<string, string>>
}

const statementLimitMs = 10_000
/** A replica that lags has to apply what it lacks first; reads go to it meanwhile, and see it stand. */
const untilLimitMs = 60_000
/** For the commits that replicas have already, and the master still waits for; longer only when a replica wrote by itself. */
const showLimitMs = 5000
const pollMs = 5

/**
 * Opens a snapshot on every node at one position. The replicas stop, the master's snapshot says what is now, each replica
 * applies exactly up to that, opens its own, and goes on: the master takes writes all the time. Throws
 * DATABASE_UNREACHABLE, and what {@link VerifyTools.withoutRepairs} throws; then all sessions are closed and whoever was
 * stopped goes on.
 */
export function openSamePosition(
  tools: VerifyTools,
  nodes: { readonly master: NodeName; readonly replicas: readonly NodeName[] },
): Promise<SamePosition> {
  return tools.withoutRepairs(async (mayResume) => {
    const opened: SqlConnection[] = []
    const open = async (node: NodeName) => {
      const reader = await tools.openReader(node)
      opened.push(reader)
      return reader
    }
    const resume = (node: NodeName) => (mayResume() ? goOn(tools, node) : Promise.resolve())
    try {
      const readers = new Map<NodeName, SqlConnection>()
      for (const node of [nodes.master, ...nodes.replicas]) readers.set(node, await open(node))
      return await atOnePosition(tools, { ...nodes, readers, resume })
    } catch (error) {
      for (const reader of opened) reader.destroy()
      await Promise.allSettled(nodes.replicas.map(resume))
      throw error
    }
  })
}

interface Stage {
  readonly master: NodeName
  readonly replicas: readonly NodeName[]
  readonly readers: ReadonlyMap<NodeName, SqlConnection>
  readonly resume: (node: NodeName) => Promise<void>
}

async function atOnePosition(tools: VerifyTools, stage: Stage): Promise<SamePosition> {
  const { clock } = tools.context
  const stoppedMs = clock.monotonicMs()
  await Promise.all(stage.replicas.map((node) => stop(tools, node)))
  const { position, ...opened } = await openMaster(tools, stage)
  const late: Record<string, string> = {}
  const replicas = await Promise.all(
    stage.replicas.map(async (node): Promise<NodeSnapshot[]> => {
      try {
        await applyUntil(tools, node, position)
        const reached = await openOn(tools, stage, node)
        if (differs(tools, reached.position, position)) late[node] = `it is at ${reached.position}`
        else return [{ node, ...reached, pausedMs: clock.monotonicMs() - stoppedMs }]
      } catch (error) {
        late[node] = reasonOf(error)
      } finally {
        await stage.resume(node)
      }
      return []
    }),
  )
  for (const node of Object.keys(late)) stage.readers.get(node as NodeName)?.destroy()
  return {
    position,
    master: { node: stage.master, ...opened, pausedMs: 0 },
    replicas: replicas.flat(),
    late,
  }
}

/**
 * A replica may be ahead of what its master shows: a commit is sent on before the acknowledgement that ends it. The
 * master's snapshot is taken again until it has whatever a stopped replica has.
 */
async function openMaster(tools: VerifyTools, stage: Stage): ReturnType<typeof openOn> {
  const { clock, signal } = tools.context
  const { transactionsBetween, unionOf } = tools.dialect
  const applied = unionOf(await Promise.all(stage.replicas.map((node) => positionOf(tools, node))))
  const deadlineMs = clock.monotonicMs() + showLimitMs
  for (;;) {
    const opened = await openOn(tools, stage, stage.master)
    const isShown = transactionsBetween({ behind: opened.position, ahead: applied }) === 0
    if (isShown || clock.monotonicMs() >= deadlineMs) return opened
    await clock.sleep(pollMs, signal)
  }
}

function positionOf(tools: VerifyTools, node: NodeName): Promise<string> {
  return controlOf(tools, node).run(statementLimitMs, (connection) => tools.dialect.position(connection))
}

function readerOf(stage: Stage, node: NodeName): SqlConnection {
  const found = stage.readers.get(node)
  if (found?.usable) return found
  throw corelabError('DATABASE_UNREACHABLE', { message: `${node} does not answer`, fix: ['corelab status'] })
}

async function openOn(
  tools: VerifyTools,
  stage: Stage,
  node: NodeName,
): Promise<Pick<NodeSnapshot, 'reader' | 'shapes'> & { readonly position: string }> {
  const reader = readerOf(stage, node)
  const position = await controlOf(tools, node).run(statementLimitMs, (control) =>
    snapshotSqlOf(tools.dialect.engine).open({ reader, control }),
  )
  return { reader, position, shapes: await readTableShapes(reader) }
}

async function stop(tools: VerifyTools, node: NodeName): Promise<void> {
  await controlOf(tools, node).run(statementLimitMs, (control) =>
    snapshotSqlOf(tools.dialect.engine).stop(control),
  )
}

async function applyUntil(tools: VerifyTools, node: NodeName, position: string): Promise<void> {
  const control = controlOf(tools, node)
  await control.run(statementLimitMs, (connection) =>
    snapshotSqlOf(tools.dialect.engine).applyUntil(connection, position),
  )
  await awaitTrue(tools, {
    what: `${node} is at ${position}`,
    limitMs: untilLimitMs,
    pollMs,
    test: () =>
      control.run(statementLimitMs, async (connection) => {
        const status = await tools.dialect.replicaStatus(connection)
        if (status?.applying !== false) return false
        if (status.lastError === null) return true
        throw corelabError('REPLICATION_BROKEN', {
          message: `${node} does not apply what its source sends`,
          detail: status.lastError,
          fix: [`corelab logs ${node}`],
        })
      }),
  })
}

function differs(tools: VerifyTools, one: string, other: string): boolean {
  const { transactionsBetween } = tools.dialect
  return (
    transactionsBetween({ behind: one, ahead: other }) + transactionsBetween({ behind: other, ahead: one }) >
    0
  )
}

async function goOn(tools: VerifyTools, node: NodeName): Promise<void> {
  await controlOf(tools, node).run(statementLimitMs, async (connection) => {
    if (await tools.dialect.replicaStatus(connection)) await tools.dialect.startReplica(connection)
  })
}
