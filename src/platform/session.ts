import type { Dialect } from '../clients/dialects/dialect.js'
import type { SqlConnection } from '../clients/mysql/connection.js'
import type { ReadMode } from '../protocol/router/wish.js'
import { lastWriteOf } from './last-write.js'
import { retryClassOf } from './retry-class.js'
import type { RoutedWork } from './routed-work.js'
import type { Route } from './router-driver.js'
import { formatSessionToken, type SessionToken } from './session-token.js'
import type { ReadOptions, WriteOptions } from './work-options.js'

/**
 * One customer's view of the data source, or that of one chain of calls: what it writes, it reads afterwards, wherever
 * it reads. Nothing is said of the writes of others.
 */
export interface Session {
  /** As that of the data source, with one more short statement after the commit. */
  write<T>(work: (connection: SqlConnection) => Promise<T>, options?: WriteOptions): Promise<T>
  /**
   * As that of the data source. `read-your-writes` sees everything that the session has written: on a replica that has
   * applied it, or does so within `catchUpMs`; else on one other replica; else on the master.
   */
  read<T>(mode: ReadMode, work: (connection: SqlConnection) => Promise<T>, options?: ReadOptions): Promise<T>
  /** For a header: `dataSource.session(token)` goes on with it, in another process if need be. */
  token(): string
}

export function openSession(options: {
  readonly routed: RoutedWork
  readonly dialect: Dialect
  readonly token: SessionToken
}): Session {
  return new RoutedSession(options.routed, options.dialect, options.token)
}

class RoutedSession implements Session {
  constructor(
    private readonly routed: RoutedWork,
    private readonly dialect: Dialect,
    private known: SessionToken,
  ) {}

  async write<T>(work: (connection: SqlConnection) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    const committed = (connection: SqlConnection, route: Route) => this.#remember(connection, route)
    try {
      return await this.routed.write(work, { ...options, committed })
    } catch (error) {
      // Should it turn out to be applied, it must be seen: it is in the master, wherever else it is.
      if (retryClassOf(error) === 'unknown') this.#trustMasterOnly(this.routed.driver.topology?.epoch ?? 0)
      throw error
    }
  }

  read<T>(
    mode: ReadMode,
    work: (connection: SqlConnection) => Promise<T>,
    options: ReadOptions = {},
  ): Promise<T> {
    const { epoch, position, masterOnly } = this.known
    if (mode === 'any' || mode === 'bounded') return this.routed.read(mode, work, options)
    const seen = { ...options, minEpoch: epoch, position }
    return this.routed.read(masterOnly ? 'master' : mode, work, seen)
  }

  token(): string {
    return formatSessionToken(this.known)
  }

  /** The write is committed: whatever happens here, it must not look as if it had failed. */
  async #remember(connection: SqlConnection, { epoch }: Route): Promise<void> {
    const written = await lastWriteOf(connection, this.dialect).catch(() => null)
    if (written === null) return this.#trustMasterOnly(epoch)
    const { known } = this
    const position = this.dialect.unionOf([known.position, written])
    // What nobody could place is before every write of a later epoch, if it is anywhere.
    const masterOnly = known.masterOnly && epoch <= known.epoch
    this.known = { epoch: Math.max(known.epoch, epoch), position, masterOnly }
  }

  #trustMasterOnly(epoch: number): void {
    this.known = { ...this.known, epoch: Math.max(this.known.epoch, epoch), masterOnly: true }
  }
}
