import { openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import { mysqlErrno } from '../../clients/mysql/outcome.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { type BenchCore, type BenchNode, masterOf, targetOf } from '../bench/bench-core.js'
import { kvRowCount } from '../workloads/kv-table.js'
import { type MarkReader, notYet, replicationLimitMs, whoShowsMark } from './replication-mark.js'

const limits = { connectTimeoutMs: 5000, statementLimitMs: 60_000 }
const lookMs = 50

/**
 * Waits until the rows that reads will ask for are on every one of `nodes`, which belong to somebody else. Throws
 * TARGET_NOT_REPLICATING for a reader that does not get what the master writes.
 */
export async function awaitRowsOnReaders(
  core: BenchCore,
  nodes: readonly BenchNode[],
  { clock, signal }: Context,
): Promise<void> {
  const master = masterOf(core)
  const opened: MarkReader[] = []
  const open = async (node: BenchNode): Promise<SqlConnection> => {
    const target = targetOf(node, node.socketPath === null ? 'tcp' : 'unix-socket')
    const connection = await openConnection(target, { ...limits, signal })
    opened.push({ node: node.name, connection })
    return connection
  }
  try {
    const onMaster = await open(master)
    for (const node of nodes) if (node !== master) await open(node)
    const readers = opened.slice(1)
    const schema = core.benchSchema
    const waiting = { limitMs: replicationLimitMs, clock, signal }
    const shown = await whoShowsMark({ master: onMaster, schema }, readers, waiting)
    const silent = readers.filter(({ node }) => !shown.has(node)).map(({ node }) => node)
    if (silent.length > 0) throw notReplicating(core, { master: master.name, silent })
    // Appliers that work side by side may show the mark before the last rows, and some leave tables out.
    const deadlineMs = clock.monotonicMs() + replicationLimitMs
    for (const { node, connection } of readers)
      while ((await rowsOf(connection, schema)) < kvRowCount) {
        if (clock.monotonicMs() > deadlineMs)
          throw notReplicating(core, { master: master.name, silent: [node] })
        await clock.sleep(lookMs, signal)
      }
  } finally {
    await Promise.all(opened.map(({ connection }) => connection.close()))
  }
}

async function rowsOf(connection: SqlConnection, schema: string): Promise<number> {
  const read = connection.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${schema}.kv`)
  const [row] = await read.catch((error: unknown) => {
    if (notYet.has(mysqlErrno(error) ?? 0)) return []
    throw error
  })
  return Number(row?.n ?? 0)
}

function notReplicating(
  { name, databases }: BenchCore,
  { master, silent }: { readonly master: string; readonly silent: readonly string[] },
) {
  const others = databases.filter((node) => !silent.includes(node.name))
  return corelabError('TARGET_NOT_REPLICATING', {
    message: `Not replicating: ${silent.join(', ')} of ${name}`,
    detail: `A row that was written on ${master} was not there after ${replicationLimitMs / 1000} s, so nothing can be read there.`,
    fix: others.map((node) => `--set node=${node.name}`),
  })
}
