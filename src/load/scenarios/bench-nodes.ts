import { dialectOf } from '../../clients/dialects/dialect-of.js'
import { openConnection } from '../../clients/mysql/connection.js'
import { awaitCatchUp } from '../../history/collect/catch-up.js'
import type { NodeSession } from '../../history/collect/node-session.js'
import { corelabError } from '../../kit/errors.js'
import { type BenchCore, type BenchNode, masterOf, targetOf } from '../bench/bench-core.js'

/** A session with every serving node, the master first. */
export type BenchSessions = readonly [master: NodeSession, ...replicas: NodeSession[]]

const connectTimeoutMs = 5000
/** Reading a table of a large population takes its time. */
const statementLimitMs = 300_000
/** Replicas apply what a run has written at about the rate of the run; a check waits for them. */
const catchUpLimitMs = 60_000

/** Runs `work` with sessions of the load account, and closes them. Throws what connecting throws. */
export async function withNodes<T>(
  core: BenchCore,
  work: (sessions: BenchSessions) => Promise<T>,
): Promise<T> {
  const master = masterOf(core)
  const opened: NodeSession[] = []
  try {
    const first = await open(core, master)
    opened.push(first)
    const replicas: NodeSession[] = []
    for (const node of core.databases) {
      if (node === master) continue
      const session = await open(core, node)
      opened.push(session)
      replicas.push(session)
    }
    return await work([first, ...replicas])
  } finally {
    await Promise.all(opened.map(({ connection }) => connection.close()))
  }
}

/** The same when every node has what the master had. Throws REPLICATION_BROKEN for one that does not get there. */
export function withEqualNodes<T>(
  core: BenchCore,
  work: (sessions: BenchSessions) => Promise<T>,
): Promise<T> {
  return withNodes(core, async (sessions) => {
    const { byNode } = await awaitCatchUp(sessions, catchUpLimitMs)
    const behind = [...byNode].filter(([, reached]) => !reached).map(([node]) => node)
    if (behind.length === 0) return work(sessions)
    throw corelabError('REPLICATION_BROKEN', {
      message: `${behind.join(', ')} did not apply what the run wrote within ${catchUpLimitMs / 1000} s`,
      fix: ['corelab status', 'corelab cluster verify'],
    })
  })
}

async function open(core: BenchCore, node: BenchNode): Promise<NodeSession> {
  const connection = await openConnection(targetOf(node), { connectTimeoutMs, statementLimitMs })
  return { node: node.name, connection, dialect: dialectOf(core.engine) }
}
