import type { Dialect } from '../clients/dialects/dialect.js'
import { mariadbDialect } from '../clients/dialects/mariadb.js'
import type { SqlConnection } from '../clients/mysql/connection.js'
import type { Clock } from '../kit/clock.js'
import type { NodeName } from '../model/node.js'
import type { RouterMetrics } from '../model/router-metrics.js'
import type { Topology } from '../model/topology.js'
import type { RouterLimits } from '../protocol/router/state.js'
import type { ReadMode } from '../protocol/router/wish.js'
import { RoutedWork } from './routed-work.js'
import { openSession, type Session } from './session.js'
import { freshToken, parseSessionToken } from './session-token.js'
import type { TopologySource } from './topology-source.js'
import type { ReadOptions, WriteOptions } from './work-options.js'

export interface DataSourceOptions {
  readonly topologySource: TopologySource
  readonly account: { readonly user: string; readonly password: string }
  /** Connections per node. */
  readonly poolSize: number
  readonly clock: Clock
  /** How long work may wait for a node that takes it, all tries together. Default 10 s. */
  readonly patienceMs?: number | undefined
  /** How long a node may stay silent over one statement, a commit included. Default 10 s. */
  readonly statementLimitMs?: number | undefined
  readonly limits?: RouterLimits | undefined
  /** Default MariaDB. */
  readonly dialect?: Dialect | undefined
}

/** The databases of an environment as one: finds the master by epoch, spreads reads, waits out a change of master. */
export interface DataSource {
  /**
   * Runs `work` in a transaction on the master and commits it. `work` may be run several times: each run but the
   * last was rolled back. Throws WRITE_OUTCOME_UNKNOWN when the commit was cut in flight (ask by the idempotency
   * key), NO_MASTER when no master took it in time, and what `work` throws after rolling back.
   */
  write<T>(work: (connection: SqlConnection) => Promise<T>, options?: WriteOptions): Promise<T>
  /**
   * Runs `work`, which only reads and may be run several times, on a node of the given mode. Without a session nobody
   * knows what the caller has written, so `read-your-writes` is read from the master.
   */
  read<T>(mode: ReadMode, work: (connection: SqlConnection) => Promise<T>, options?: ReadOptions): Promise<T>
  /** A new session, or one that goes on where `token` was taken. Throws CALL_INVALID for a token of other make. */
  session(token?: string): Session
  /** null until the first one is known. */
  topology(): Topology | null
  /**
   * Reports how far behind a reader is, null = not known. Beyond the limit reads avoid it; and only who is known to be
   * near enough serves `bounded` reads.
   */
  reportLag(node: NodeName, lagMs: number | null): void
  /** How often work was sent to each node. */
  sent(): Readonly<Record<string, number>>
  /** Where work went, how long it was held, what was refused or sent again; since the data source was opened. */
  metrics(): RouterMetrics
  /** Refuses what waits, lets running work finish within a limit. */
  close(): Promise<void>
}

export function openDataSource(options: DataSourceOptions): DataSource {
  const dialect = options.dialect ?? mariadbDialect
  const routed = new RoutedWork({ ...options, dialect })
  return {
    write: (work, writeOptions) => routed.write(work, writeOptions),
    read: (mode, work, readOptions) =>
      routed.read(mode === 'read-your-writes' ? 'master' : mode, work, readOptions),
    session: (token) =>
      openSession({ routed, dialect, token: token === undefined ? freshToken : parseSessionToken(token) }),
    topology: () => routed.driver.topology,
    reportLag: (node, lagMs) => routed.driver.reportLag(node, lagMs),
    sent: () => routed.driver.books.sentByNode(),
    metrics: () => routed.driver.metrics(),
    close: () => routed.close(),
  }
}
