import type { SqlConnection } from '../clients/mysql/connection.js'
import type { SqlPool } from '../clients/mysql/pool.js'
import { openPool } from '../clients/mysql/pool.js'
import { present, unreachable } from '../kit/assert.js'
import type { Clock } from '../kit/clock.js'
import { corelabError, reasonOf } from '../kit/errors.js'
import type { NodeName } from '../model/node.js'
import type { Topology } from '../model/topology.js'
import { nodeOf } from '../model/topology.js'
import {
  defaultRouterLimits,
  initialRouterState,
  type ReadMode,
  type RejectReason,
  type RouterEffect,
  type RouterEvent,
  type RouterLimits,
  stepRouter,
} from '../protocol/router.js'
import { retryClassOf } from './retry-class.js'
import type { TopologySource } from './topology-source.js'
import { inTransaction, underNamedLock } from './transaction.js'

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
}

export interface WorkOptions {
  readonly patienceMs?: number | undefined
}

export interface WriteOptions extends WorkOptions {
  /**
   * Held on the master from before the transaction until after its commit: for rules over rows that do not exist
   * yet, which no row lock can guard. At most 64 characters.
   */
  readonly lockName?: string | undefined
}

/** The databases of an environment as one: finds the master by epoch, spreads reads, waits out a change of master. */
export interface DataSource {
  /**
   * Runs `work` in a transaction on the master and commits it. `work` may be run several times: each run but the
   * last was rolled back. Throws WRITE_OUTCOME_UNKNOWN when the commit was cut in flight (ask by the idempotency
   * key), NO_MASTER when no master took it in time, and what `work` throws after rolling back.
   */
  write<T>(work: (connection: SqlConnection) => Promise<T>, options?: WriteOptions): Promise<T>
  /** Runs `work`, which only reads and may be run several times, on a node of the given mode. */
  read<T>(mode: ReadMode, work: (connection: SqlConnection) => Promise<T>, options?: WorkOptions): Promise<T>
  /** null until the first one is known. */
  topology(): Topology | null
  /** Reports how far behind a reader is; beyond the limit reads avoid it. */
  reportLag(node: NodeName, lagMs: number | null): void
  /** How often work was sent to each node. */
  sent(): Readonly<Record<string, number>>
  /** Refuses what waits, lets running work finish within a limit. */
  close(): Promise<void>
}

export function openDataSource(options: DataSourceOptions): DataSource {
  return new RoutedDataSource(options)
}

/** Deadlocks are short: one that comes back five times in a row is not chance. */
const runsMax = 5

interface Route {
  readonly node: NodeName
  readonly epoch: number
}

interface Waiting {
  readonly send: (route: Route) => void
  readonly reject: (reason: RejectReason) => void
}

type AskingEvent = Extract<RouterEvent, { readonly kind: 'write' | 'read' | 'bounced' }>

class RoutedDataSource implements DataSource {
  #state = initialRouterState
  #requests = 0
  #wakeAtMs = Number.POSITIVE_INFINITY
  #wake = new AbortController()
  readonly #waiting = new Map<number, Waiting>()
  readonly #pools = new Map<NodeName, SqlPool>()
  readonly #sent: Record<string, number> = {}
  readonly #closed = new AbortController()

  constructor(private readonly options: DataSourceOptions) {
    options.topologySource.follow((topology) => {
      this.#feed({ kind: 'topology', topology, nowMs: options.clock.monotonicMs() })
    }, this.#closed.signal)
  }

  write<T>(work: (connection: SqlConnection) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    const { lockName } = options
    const transaction = (connection: SqlConnection) => inTransaction(connection, work)
    const guarded = (connection: SqlConnection) =>
      lockName === undefined ? transaction(connection) : underNamedLock(connection, lockName, transaction)
    return this.#routed('write', guarded, options)
  }

  read<T>(
    mode: ReadMode,
    work: (connection: SqlConnection) => Promise<T>,
    options: WorkOptions = {},
  ): Promise<T> {
    return this.#routed(mode, work, options)
  }

  topology(): Topology | null {
    return this.#state.topology
  }

  reportLag(node: NodeName, lagMs: number | null): void {
    this.#feed({ kind: 'lag', node, lagMs })
  }

  sent(): Readonly<Record<string, number>> {
    return { ...this.#sent }
  }

  async close(): Promise<void> {
    this.#closed.abort()
    this.#wake.abort()
    for (const waiting of [...this.#waiting.values()]) waiting.reject('no-master')
    this.#waiting.clear()
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  async #routed<T>(
    what: 'write' | ReadMode,
    work: (connection: SqlConnection) => Promise<T>,
    { patienceMs = this.options.patienceMs ?? 10_000 }: WorkOptions,
  ): Promise<T> {
    const { clock } = this.options
    const request = ++this.#requests
    const deadlineMs = clock.monotonicMs() + patienceMs
    const asking = () => ({ request, nowMs: clock.monotonicMs(), deadlineMs })
    let event = asks(what, asking())
    let failure: unknown
    for (let lost = 0; lost < runsMax; ) {
      const route = await this.#awaitRoute(event, { patienceMs, failure })
      try {
        return await this.#runOn(what, route, work)
      } catch (error) {
        const retry = retryClassOf(error)
        if (retry === 'final') throw error
        if (retry === 'again') lost++
        event = retry === 'again' ? asks(what, asking()) : bounces(what, route, asking())
        failure = error
      }
    }
    throw failure
  }

  #runOn<T>(
    what: 'write' | ReadMode,
    { node, epoch }: Route,
    work: (connection: SqlConnection) => Promise<T>,
  ): Promise<T> {
    this.#sent[node] = (this.#sent[node] ?? 0) + 1
    return this.#poolOf(node).use((connection) => {
      // The connection may have been waited for across a change of master.
      const now = this.#state.topology
      if (now?.epoch === epoch && (what === 'any' || now.master === node)) return work(connection)
      throw corelabError('DATABASE_UNREACHABLE', { message: `${node} was left: its part has ended` })
    })
  }

  #awaitRoute(
    event: AskingEvent,
    why: { readonly patienceMs: number; readonly failure: unknown },
  ): Promise<Route> {
    if (this.#closed.signal.aborted) return Promise.reject(this.#refusal('no-master', why))
    return new Promise((resolve, reject) => {
      this.#waiting.set(event.request, {
        send: resolve,
        reject: (reason) => reject(this.#refusal(reason, why)),
      })
      this.#feed(event)
    })
  }

  #feed(event: RouterEvent): void {
    const step = stepRouter(this.#state, event, this.options.limits ?? defaultRouterLimits)
    this.#state = step.state
    for (const effect of step.effects) this.#perform(effect)
  }

  #perform(effect: RouterEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#take(effect.request).send(effect)
        break
      case 'reject':
        this.#take(effect.request).reject(effect.reason)
        break
      case 'wake':
        this.#wakeAt(effect.atMs)
        break
      case 'drop':
        if (effect.how === 'cut') this.#pools.get(effect.node)?.destroyAll()
        else this.#pools.get(effect.node)?.discardAll()
        break
      case 'adopted':
        break
      default:
        unreachable(effect)
    }
  }

  #take(request: number): Waiting {
    const waiting = present(this.#waiting.get(request), `request ${request}`)
    this.#waiting.delete(request)
    return waiting
  }

  /** One timer at a time, for the earliest wish: a tick handles everything that is due. */
  #wakeAt(atMs: number): void {
    const { clock } = this.options
    if (atMs >= this.#wakeAtMs || this.#closed.signal.aborted) return
    this.#wake.abort()
    this.#wake = new AbortController()
    this.#wakeAtMs = atMs
    clock.sleep(Math.max(1, atMs - clock.monotonicMs()), this.#wake.signal).then(
      () => {
        this.#wakeAtMs = Number.POSITIVE_INFINITY
        this.#feed({ kind: 'tick', nowMs: clock.monotonicMs() })
      },
      () => undefined,
    )
  }

  #poolOf(node: NodeName): SqlPool {
    const known = this.#pools.get(node)
    if (known) return known
    const { socketPath } = nodeOf(present(this.#state.topology, 'topology'), node).endpoint
    const pool = openPool(
      { ...this.options.account, socketPath },
      { connectionLimit: this.options.poolSize, statementLimitMs: this.options.statementLimitMs ?? 10_000 },
    )
    this.#pools.set(node, pool)
    return pool
  }

  #refusal(reason: RejectReason, why: { readonly patienceMs: number; readonly failure: unknown }): Error {
    const { topology } = this.#state
    const where = topology ? `epoch ${topology.epoch}: ${topology.reason}` : 'no topology is known'
    const what = this.#closed.signal.aborted ? 'the data source is closed' : sentences[reason](why.patienceMs)
    return corelabError('NO_MASTER', {
      message: `${what} (${where})`,
      detail: why.failure === undefined ? undefined : reasonOf(why.failure),
      fix: ['corelab status'],
      cause: why.failure,
    })
  }
}

const sentences: Readonly<Record<RejectReason, (patienceMs: number) => string>> = {
  'no-topology': (patienceMs) => `nobody told who the master is within ${patienceMs} ms`,
  'no-master': (patienceMs) => `no node took the work within ${patienceMs} ms`,
  'queue-full': () => 'too many requests already wait for a master',
}

interface Asking {
  readonly request: number
  readonly nowMs: number
  readonly deadlineMs: number
}

function asks(what: 'write' | ReadMode, asking: Asking): AskingEvent {
  return what === 'write' ? { kind: 'write', ...asking } : { kind: 'read', mode: what, ...asking }
}

function bounces(what: 'write' | ReadMode, { node }: Route, asking: Asking): AskingEvent {
  return { kind: 'bounced', node, mode: what === 'any' ? 'any' : 'master', ...asking }
}
