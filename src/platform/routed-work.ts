import type { Dialect } from '../clients/dialects/dialect.js'
import type { SqlConnection } from '../clients/mysql/connection.js'
import { corelabError, reasonOf } from '../kit/errors.js'
import type { NodeName } from '../model/node.js'
import type { RejectReason } from '../protocol/router/state.js'
import type { ReadMode } from '../protocol/router/wish.js'
import { NodePools } from './node-pools.js'
import { retryClassOf } from './retry-class.js'
import type { WorkKind } from './router-books.js'
import { type AskingEvent, type Route, RouterDriver, type RouterDriverOptions } from './router-driver.js'
import { inTransaction, underNamedLock } from './transaction.js'
import type { ReadOptions, WriteOptions } from './work-options.js'

export interface RoutedWorkOptions extends Omit<RouterDriverOptions, 'pools'> {
  readonly account: { readonly user: string; readonly password: string }
  readonly poolSize: number
  readonly patienceMs?: number | undefined
  readonly statementLimitMs?: number | undefined
  readonly dialect: Dialect
}

export interface RoutedWriteOptions extends WriteOptions {
  /** Called on the connection after its commit. Must not throw: the write has happened. */
  readonly committed?: ((connection: SqlConnection, route: Route) => Promise<void>) | undefined
}

export interface RoutedReadOptions extends ReadOptions {
  /** Of the session: the epoch of its last write, and a position that holds all of them. */
  readonly minEpoch?: number | undefined
  readonly position?: string | undefined
}

type Work<T> = (connection: SqlConnection, route: Route) => Promise<T>

const patienceMsDefault = 10_000
const statementLimitMsDefault = 10_000
const maxLagMsDefault = 1000
/** A healthy replica is a few milliseconds behind; the master is there for when it is not. */
const catchUpMsDefault = 50
/** Deadlocks are short: one that comes back five times in a row is not chance. */
const runsMax = 5

/** Runs work where the router sends it, again and elsewhere for as long as that is safe. */
export class RoutedWork {
  readonly driver: RouterDriver
  readonly #pools: NodePools
  /** What each replica was seen to have applied: it need not be asked for that again. */
  readonly #applied = new Map<NodeName, string>()

  constructor(private readonly options: RoutedWorkOptions) {
    const { account, poolSize, statementLimitMs = statementLimitMsDefault } = options
    this.#pools = new NodePools({ account, poolSize, statementLimitMs })
    this.driver = new RouterDriver({ ...options, pools: this.#pools })
  }

  write<T>(work: (connection: SqlConnection) => Promise<T>, options: RoutedWriteOptions = {}): Promise<T> {
    const { lockName, committed } = options
    const event = this.#asking('write', options)
    if (lockName === undefined && committed === undefined)
      return this.#run('write', event, (connection) => inTransaction(connection, work))
    return this.#run('write', event, async (connection, route) => {
      const result = await (lockName === undefined
        ? inTransaction(connection, work)
        : underNamedLock(connection, lockName, () => {
            // The lock may have been waited for across a change of master.
            this.#mustBeRight(route)
            return inTransaction(connection, work)
          }))
      await committed?.(connection, route)
      return result
    })
  }

  read<T>(
    mode: ReadMode,
    work: (connection: SqlConnection) => Promise<T>,
    options: RoutedReadOptions = {},
  ): Promise<T> {
    const { position } = options
    if (mode !== 'read-your-writes' || !position) return this.#run(mode, this.#asking(mode, options), work)
    const { catchUpMs = catchUpMsDefault } = options
    return this.#run(mode, this.#asking(mode, options), async (connection, route) => {
      // The master has what it has acknowledged; a replica is asked.
      if (route.as === 'reader') await this.#awaitApplied(connection, { route, position, catchUpMs })
      return work(connection)
    })
  }

  async close(): Promise<void> {
    this.driver.close()
    await this.#pools.close()
  }

  #asking(kind: WorkKind, options: RoutedReadOptions): AskingEvent {
    const nowMs = this.options.clock.monotonicMs()
    const request = this.driver.nextRequest()
    const deadlineMs = nowMs + (options.patienceMs ?? this.options.patienceMs ?? patienceMsDefault)
    const mode = kind === 'write' ? 'master' : kind
    if (mode === 'any') return { kind: 'ask', request, mode, nowMs, deadlineMs }
    const { minEpoch, maxLagMs = maxLagMsDefault } = options
    return { kind: 'ask', request, mode, nowMs, deadlineMs, minEpoch, maxLagMs }
  }

  async #run<T>(kind: WorkKind, first: AskingEvent, work: Work<T>): Promise<T> {
    const { driver } = this
    let event = first
    let failure: unknown
    for (let lost = 0; lost < runsMax; ) {
      const answer = driver.ask(event)
      const route = answer instanceof Promise ? await answer : answer
      if (route.kind === 'refused') throw this.#refusal(route.reason, first, failure)
      try {
        return await this.#runOn(kind, route, work)
      } catch (error) {
        const retry = error instanceof NotHere ? error.why : retryClassOf(error)
        driver.books.failed(retry)
        if (retry === 'final' || retry === 'unknown') throw error
        if (retry === 'again') lost++
        event = this.#next(event, route, retry)
        failure = error
      }
    }
    throw failure
  }

  #runOn<T>(kind: WorkKind, route: Route, work: Work<T>): Promise<T> {
    this.driver.books.sent(route.node, kind)
    return this.#pools.of(route.node, this.driver.topology).use((connection) => {
      this.#mustBeRight(route)
      return work(connection, route)
    })
  }

  /** How the same request asks after it came back. */
  #next(event: AskingEvent, route: Route, retry: 'elsewhere' | 'again' | NotHere['why']): AskingEvent {
    const { node, epoch } = route
    const { request, mode, deadlineMs, minEpoch, maxLagMs, avoid } = event
    const nowMs = this.options.clock.monotonicMs()
    const asking = { request, mode, nowMs, deadlineMs, minEpoch, maxLagMs, avoid }
    switch (retry) {
      case 'elsewhere':
        return { kind: 'bounced', ...asking, node, epoch }
      case 'again':
      case 'moved':
        return { kind: 'ask', ...asking }
      case 'behind':
        return { kind: 'ask', ...asking, avoid: [...(avoid ?? []), node] }
    }
  }

  #mustBeRight(route: Route): void {
    // A connection may have been waited for across a change of master.
    if (!this.driver.isStillRight(route)) throw new NotHere('moved', `${route.node}: its part has ended`)
  }

  async #awaitApplied(
    connection: SqlConnection,
    wanted: { readonly route: Route; readonly position: string; readonly catchUpMs: number },
  ): Promise<void> {
    const { route, position, catchUpMs } = wanted
    const { dialect } = this.options
    const applied = this.#applied.get(route.node)
    if (applied !== undefined && dialect.transactionsBetween({ behind: applied, ahead: position }) === 0)
      return
    if (!(await dialect.waitForPosition(connection, position, catchUpMs)))
      throw new NotHere('behind', `${route.node} had not applied ${position} within ${catchUpMs} ms`)
    this.#applied.set(route.node, position)
  }

  #refusal(reason: RejectReason, { nowMs, deadlineMs }: AskingEvent, failure: unknown): Error {
    const { topology, isClosed } = this.driver
    const where = topology ? `epoch ${topology.epoch}: ${topology.reason}` : 'no topology is known'
    const what = isClosed ? 'the data source is closed' : sentences[reason](Math.round(deadlineMs - nowMs))
    return corelabError('NO_MASTER', {
      message: `${what} (${where})`,
      detail: failure === undefined ? undefined : reasonOf(failure),
      fix: ['corelab status'],
      cause: failure,
    })
  }
}

/**
 * The node was not asked for its work: it is not what it was chosen as any more (`moved`), or lacks what the session
 * wrote (`behind`). Nobody is to blame. Never leaves this file but as the cause of a refusal.
 */
class NotHere extends Error {
  constructor(
    readonly why: 'moved' | 'behind',
    message: string,
  ) {
    super(message)
  }
}

const sentences: Readonly<Record<RejectReason, (patienceMs: number) => string>> = {
  'no-topology': (patienceMs) => `nobody told who the master is within ${patienceMs} ms`,
  'no-master': (patienceMs) => `no node took the work within ${patienceMs} ms`,
  unconfirmed: (patienceMs) => `nobody confirmed within ${patienceMs} ms that the master still is the master`,
  'queue-full': () => 'too many requests already wait for a master',
}
