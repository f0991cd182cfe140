import { readFile } from 'node:fs/promises'
import { openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { reasonOf } from '../../kit/errors.js'
import { type BenchCore, type BenchNode, type BenchProcess, targetOf } from '../bench/bench-core.js'
import { leftSchemas, makeSchema, newSchemaName, refuseReadOnly } from './borrowed-schema.js'
import { makeMarks } from './replication-mark.js'

/** Dropping what a run filled may take a while. */
const limits = { connectTimeoutMs: 10_000, statementLimitMs: 120_000 }

/** Database servers that somebody else runs. */
export interface ExternalServers {
  /** For sentences. */
  readonly name: string
  /** The role of the first is `master`, of the others `reader`. */
  readonly servers: readonly [master: BenchNode, ...readers: BenchNode[]]
}

/**
 * Lends servers that somebody else runs to `work`, as a core with a schema of our own, which is made on the master and
 * dropped whatever happens. Nothing is made before every server has let us in. Throws what connecting throws, and
 * TARGET_REFUSED.
 */
export async function withExternalCore<T>(
  target: ExternalServers,
  options: { readonly writesMax: number },
  context: Context,
  work: (core: BenchCore) => Promise<T>,
): Promise<T> {
  const [master, ...readers] = target.servers
  const schema = newSchemaName()
  const { signal, emit } = context
  const connection = await openConnection(targetOf(master, transportOf(master)), { ...limits, signal })
  try {
    const facts = [await factsOf(connection, master)]
    for (const reader of readers) facts.push(await factsOfReader(reader, signal))
    await refuseReadOnly(connection, master.name)
    const left = await leftSchemas(connection)
    if (left.length > 0)
      emit({
        kind: 'warning',
        code: 'SCHEMAS_LEFT',
        message: `Left by runs that were killed: ${left.join(', ')}. DROP DATABASE takes them away.`,
      })
    await makeSchema(connection, schema, master.user)
    try {
      await makeMarks(connection, schema)
      emit({
        kind: 'note',
        message: `Works in the schema ${schema} of ${master.name}, and drops it afterwards`,
      })
      return await work(coreOf(target, facts, { schema, writesMax: options.writesMax }))
    } finally {
      await drop(master, schema, context)
    }
  } finally {
    await connection.close()
  }
}

async function drop(master: BenchNode, schema: string, { emit }: Context): Promise<void> {
  try {
    const connection = await openConnection(targetOf(master, transportOf(master)), limits)
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

function transportOf({ socketPath }: BenchNode): 'tcp' | 'unix-socket' {
  return socketPath === null ? 'tcp' : 'unix-socket'
}

interface ServerFacts {
  readonly version: string
  readonly processes: readonly BenchProcess[]
}

async function factsOfReader(reader: BenchNode, signal: AbortSignal): Promise<ServerFacts> {
  const connection = await openConnection(targetOf(reader, transportOf(reader)), { ...limits, signal })
  try {
    return await factsOf(connection, reader)
  } finally {
    await connection.close()
  }
}

async function factsOf(connection: SqlConnection, node: BenchNode): Promise<ServerFacts> {
  const [row] = await connection.query<{ version: string; pidFile: string | null }>(
    'SELECT VERSION() AS version, @@pid_file AS pidFile',
  )
  return { version: row?.version ?? 'not known', processes: await processesOf(row?.pidFile ?? null, node) }
}

function coreOf(
  { name, servers }: ExternalServers,
  facts: readonly ServerFacts[],
  options: { readonly schema: string; readonly writesMax: number },
): BenchCore {
  const version = [...new Set(facts.map((each) => each.version))].join(', ')
  return {
    name,
    profile: 'external',
    engine: /mariadb/i.test(facts[0]?.version ?? '') ? 'mariadb' : 'mysql',
    versions: { database: version },
    databases: servers,
    benchSchema: options.schema,
    population: null,
    processes: facts.flatMap(({ processes }) => processes),
    environment: null,
    writesMax: options.writesMax,
  }
}

/** A server on this host, whose file we may read, can have its CPU booked too. */
async function processesOf(pidFile: string | null, node: BenchNode): Promise<readonly BenchProcess[]> {
  if (pidFile === null || (node.socketPath === null && !/^(127\.|::1$|localhost$)/.test(node.host))) return []
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return Number.isInteger(pid) && pid > 1 ? [{ name: node.name, role: node.role, pid }] : []
}
