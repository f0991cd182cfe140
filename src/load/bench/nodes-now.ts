import { dialectOf } from '../../clients/dialects/dialect-of.js'
import { openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import { withConnection } from '../../clients/mysql/with-connection.js'
import { awaitCatchUp } from '../../history/collect/catch-up.js'
import type { NodeSession } from '../../history/collect/node-session.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { replicasOf, type Topology } from '../../model/topology.js'
import { readJsonFile } from '../../sys/files.js'
import { whoShowsMark } from '../external/replication-mark.js'
import { type BenchCore, type BenchNode, masterOf, targetOf } from './bench-core.js'

/** How long a failover that a run met may take. */
const masterLimitMs = 60_000
const lookMs = 250

/** How long replicas may need for what the run wrote. */
const catchUpLimitMs = 60_000
/** Reading a table of a large population takes its time. */
const limits = { connectTimeoutMs: 5000, statementLimitMs: 300_000 }

/**
 * Lends a session with whoever is master now: a failover during the run has moved roles. Throws NO_MASTER when there is none
 * for a minute, and what connecting throws.
 */
export async function withMasterNow<T>(
  core: BenchCore,
  context: Context,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const [master] = await nodesNow(core, context, {})
  if (!master) throw noMaster(core)
  return withConnection(targetOf(master), limits, work)
}

/** The master as it is now, and the replicas that have applied all that it has. */
export interface SettledNodes {
  readonly nodes: readonly [master: NodeSession, ...replicas: NodeSession[]]
  /** Serve, but did not answer or did not catch up. */
  readonly missing: readonly string[]
}

/** Of servers that are not ours: which readers to wait for, and how long. All of them, and a minute, without it. */
export interface SettleWishes {
  readonly readers?: readonly string[]
  readonly limitMs?: number
}

/**
 * Lends sessions with the nodes once everything that was written is on all of them, for a look at effects: a failover during
 * the run has moved roles. Throws NO_MASTER when there is none for a minute, and what connecting to the master throws.
 */
export async function withSettledNodes<T>(
  core: BenchCore,
  context: Context,
  work: (settled: SettledNodes) => Promise<T>,
  wishes: SettleWishes = {},
): Promise<T> {
  const [master, ...replicas] = await nodesNow(core, context, wishes)
  if (!master) throw noMaster(core)
  const first = await sessionOn(core, master)
  const sessions: NodeSession[] = [first]
  try {
    const opened = await Promise.allSettled(replicas.map((node) => sessionOn(core, node)))
    sessions.push(...opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])))
    const caughtUp = await settledOf(core, sessions, {
      ...context,
      limitMs: wishes.limitMs ?? catchUpLimitMs,
    })
    const equal = sessions.slice(1).filter(({ node }) => caughtUp.has(node))
    const missing = replicas.map(({ name }) => name).filter((name) => !caughtUp.has(name))
    return await work({ nodes: [first, ...equal], missing })
  } finally {
    await Promise.all(sessions.map(({ connection }) => connection.close()))
  }
}

/** Names of those who have all that the master has. A single server asks nobody. */
async function settledOf(
  core: BenchCore,
  sessions: readonly NodeSession[],
  { limitMs, clock, signal }: Context & { readonly limitMs: number },
): Promise<ReadonlySet<string>> {
  const [master, ...readers] = sessions
  if (!master || readers.length === 0) return new Set(sessions.map(({ node }) => node))
  if (core.environment === null) {
    const writer = { master: master.connection, schema: core.benchSchema }
    return new Set([master.node, ...(await whoShowsMark(writer, readers, { limitMs, clock, signal }))])
  }
  const { byNode } = await awaitCatchUp(sessions, limitMs)
  return new Set([...byNode].flatMap(([node, reached]) => (reached ? [node] : [])))
}

async function sessionOn(core: BenchCore, node: BenchNode): Promise<NodeSession> {
  return {
    node: node.name,
    connection: await openConnection(targetOf(node), limits),
    dialect: dialectOf(core.engine),
  }
}

async function nodesNow(
  core: BenchCore,
  { clock, signal }: Context,
  { readers }: SettleWishes,
): Promise<readonly BenchNode[]> {
  const { environment } = core
  if (environment === null) {
    const master = masterOf(core)
    return core.databases.filter((node) => node === master || (readers?.includes(node.name) ?? true))
  }
  const startedMs = clock.monotonicMs()
  for (;;) {
    const topology = await readJsonFile<Topology>(environment.topologyFile)
    const master = topology?.nodes.filter(({ name }) => name === topology.master) ?? []
    if (topology && master.length > 0)
      return [...master, ...replicasOf(topology)].flatMap(
        ({ name }) => core.databases.find((node) => node.name === name) ?? [],
      )
    if (clock.monotonicMs() - startedMs > masterLimitMs) throw noMaster(core)
    await clock.sleep(lookMs, signal)
  }
}

function noMaster(core: BenchCore) {
  return corelabError('NO_MASTER', { message: `${core.name} has no master`, fix: ['corelab status'] })
}
