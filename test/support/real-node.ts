import type { ReplicationSource } from '../../src/clients/dialects/dialect.js'
import { openConnection, type SqlConnection } from '../../src/clients/mysql/connection.js'
import type { DatabaseChoice } from '../../src/components/mysql/installation.js'
import type { ComponentSpec } from '../../src/model/component-spec.js'
import type { RunningComponent } from '../../src/runtime/runtime.js'
import { type Bench, databaseSpec } from './real-components.js'
import { testSecrets } from './secrets.js'

export type NodeAccount = 'keeper' | 'schema' | 'workload' | 'qlink'

/** A real database node as corelab plans it, with sessions of its accounts. */
export interface RealNode {
  readonly port: number
  readonly component: RunningComponent
  /** The keeper's session, by the control port. */
  readonly control: SqlConnection
  /** How another node replicates from it. */
  readonly asSource: ReplicationSource
  session(account: NodeAccount): Promise<SqlConnection>
  /** One piece of work in a session of its own. */
  as<T>(account: NodeAccount, work: (session: SqlConnection) => Promise<T>): Promise<T>
  /** Ends the sessions; the server is stopped by its bench. */
  close(): Promise<void>
}

export async function startRealNode(
  bench: Bench,
  options: { readonly index: number; readonly choice: DatabaseChoice },
): Promise<RealNode> {
  const spec = await databaseSpec(bench.stateDir, options)
  return connectRealNode(spec, await bench.start(spec))
}

/** Sessions with a node that was started by somebody else. */
export async function connectRealNode(spec: ComponentSpec, component: RunningComponent): Promise<RealNode> {
  const [port = 0, controlPort = 0] = spec.ports
  const sessions: SqlConnection[] = []
  async function open(account: NodeAccount, at: number): Promise<SqlConnection> {
    const target = { host: '127.0.0.1', port: at, user: `corelab_${account}` }
    const session = await openConnection(
      { ...target, password: testSecrets.database[account] },
      { connectTimeoutMs: 10_000 },
    )
    sessions.push(session)
    return session
  }
  return {
    port,
    component,
    control: await open('keeper', controlPort),
    asSource: { host: '127.0.0.1', port, user: 'corelab_repl', password: testSecrets.database.replication },
    session: (account) => open(account, port),
    async as(account, work) {
      const session = await open(account, port)
      try {
        return await work(session)
      } finally {
        await session.close()
      }
    },
    async close() {
      await Promise.all(sessions.map((session) => session.close()))
    },
  }
}
