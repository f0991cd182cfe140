import { readFile } from 'node:fs/promises'
import { openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { reasonOf } from '../../kit/errors.js'
import { type BenchCore, type BenchNode, type BenchProcess, targetOf } from '../bench/bench-core.js'
import { leftSchemas, makeSchema, newSchemaName } from './borrowed-schema.js'
import type { ExternalTarget } from './parse-target.js'

/** Dropping what a run filled may take a while. */
const statementLimitMs = 120_000

/**
 * Lends a server that somebody else runs to `work`, as a core with one node and a schema of our own, which is dropped
 * whatever happens. Throws what connecting throws, and TARGET_REFUSED.
 */
export async function withExternalCore<T>(
  target: ExternalTarget & { readonly password: string },
  options: { readonly writesMax: number },
  context: Context,
  work: (core: BenchCore) => Promise<T>,
): Promise<T> {
  const node = nodeOf(target)
  const sql = targetOf(node, target.socketPath === null ? 'tcp' : 'unix-socket')
  const schema = newSchemaName()
  const { signal, emit } = context
  const limits = { connectTimeoutMs: 10_000, statementLimitMs }
  const connection = await openConnection(sql, { ...limits, signal })
  try {
    const left = await leftSchemas(connection)
    if (left.length > 0)
      emit({
        kind: 'warning',
        code: 'SCHEMAS_LEFT',
        message: `Left by runs that were killed: ${left.join(', ')}. DROP DATABASE takes them away.`,
      })
    await makeSchema(connection, schema, target.user)
    emit({ kind: 'note', message: `Works in the schema ${schema} of ${node.name}, and drops it afterwards` })
    return await work(await coreOf(connection, node, { schema, writesMax: options.writesMax }))
  } finally {
    await connection.close()
    await drop(sql, schema, context)
  }
}

async function drop(
  sql: Parameters<typeof openConnection>[0],
  schema: string,
  { emit }: Context,
): Promise<void> {
  try {
    const connection = await openConnection(sql, { connectTimeoutMs: 10_000, statementLimitMs })
    try {
      await connection.execute(`DROP DATABASE IF EXISTS ${schema}`)
    } finally {
      await connection.close()
    }
  } catch (error) {
    const message = `The schema ${schema} could not be dropped: ${reasonOf(error)}`
    emit({ kind: 'warning', code: 'SCHEMA_LEFT', message })
  }
}

function nodeOf(target: ExternalTarget & { readonly password: string }): BenchNode {
  const { host, port, socketPath, user, password } = target
  const name = socketPath === null ? `${host}:${port}` : 'localhost'
  return { name, role: 'master', host, port, socketPath, user, password }
}

async function coreOf(
  connection: SqlConnection,
  node: BenchNode,
  options: { readonly schema: string; readonly writesMax: number },
): Promise<BenchCore> {
  const [row] = await connection.query<{ version: string; pidFile: string | null }>(
    'SELECT VERSION() AS version, @@pid_file AS pidFile',
  )
  const version = row?.version ?? 'not known'
  return {
    name: node.name,
    profile: 'external',
    engine: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    versions: { database: version },
    databases: [node],
    benchSchema: options.schema,
    population: null,
    processes: await processesOf(row?.pidFile ?? null, node),
    environment: null,
    writesMax: options.writesMax,
  }
}

/** A server on this host, whose file we may read, can have its CPU booked too. */
async function processesOf(pidFile: string | null, node: BenchNode): Promise<readonly BenchProcess[]> {
  if (pidFile === null || (node.socketPath === null && !/^(127\.|::1$|localhost$)/.test(node.host))) return []
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return Number.isInteger(pid) && pid > 1 ? [{ name: 'database', role: 'master', pid }] : []
}
