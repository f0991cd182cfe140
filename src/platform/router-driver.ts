import { present, unreachable } from '../kit/assert.js'
import type { Clock } from '../kit/clock.js'
import type { NodeName } from '../model/node.js'
import type { RouterMetrics } from '../model/router-metrics.js'
import type { Topology } from '../model/topology.js'
import { leaseHolds } from '../protocol/router/find-node.js'
import {
  defaultRouterLimits,
  initialRouterState,
  type RejectReason,
  type RouterEffect,
  type RouterEvent,
  type RouterLimits,
  readLeaseMs,
} from '../protocol/router/state.js'
import { stepRouter } from '../protocol/router/step.js'
import type { NodePools } from './node-pools.js'
import { RouterBooks } from './router-books.js'
import type { TopologySource } from './topology-source.js'

/** Where a request goes. */
export type Route = Extract<RouterEffect, { readonly kind: 'send' }>

export interface Refused {
  readonly kind: 'refused'
  readonly reason: RejectReason
}

export type AskingEvent = Extract<RouterEvent, { readonly kind: 'ask' | 'bounced' }>

export interface RouterDriverOptions {
  readonly topologySource: TopologySource
  readonly pools: NodePools
  readonly clock: Clock
  readonly limits?: RouterLimits | undefined
}

/** Drives the pure router: tells it what happens, performs what it decides. */
export class RouterDriver {
  readonly books = new RouterBooks()
  #state = initialRouterState
  #requests = 0
  /** The request that is being asked for, and its answer if it has one at once: no promise is made for it then. */
  #asking = 0
  #answer: Route | Refused | null = null
  readonly #waiting = new Map<number, Waiting>()
  #wakeAtMs = Number.POSITIVE_INFINITY
  #wake = new AbortController()
  #isResolving = false
  readonly #limits: RouterLimits
  readonly #closed = new AbortController()

  constructor(private readonly options: RouterDriverOptions) {
    const limits = options.limits ?? defaultRouterLimits
    // Who cannot ask whether the master is still the master has to believe it.
    const leaseMs = options.topologySource.look ? (limits.leaseMs ?? readLeaseMs) : null
    this.#limits = { ...limits, leaseMs }
    options.topologySource.follow((topology, confirmedAtMs) => {
      this.#feed({ kind: 'topology', topology, nowMs: this.#nowMs(), confirmedAtMs })
    }, this.#closed.signal)
  }

  get topology(): Topology | null {
    return this.#state.topology
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted
  }

  nextRequest(): number {
    return ++this.#requests
  }

  /** Looks for a node; a request that has to wait is answered later. */
  ask(event: AskingEvent): Route | Refused | Promise<Route | Refused> {
    const { request } = event
    if (this.isClosed) return { kind: 'refused', reason: 'no-master' }
    this.#asking = request
    this.#feed(event)
    this.#asking = 0
    const answer = this.#answer
    this.#answer = null
    if (answer) return answer
    return new Promise((resolve) => this.#waiting.set(request, { resolve, sinceMs: event.nowMs }))
  }

  /** Whether the node is still what it was chosen as: a connection may have been waited for across a change. */
  isStillRight({ node, epoch, as }: Route): boolean {
    const { topology } = this.#state
    if (topology?.epoch !== epoch) return false
    if (as === 'reader') return true
    return topology.master === node && leaseHolds(this.#state, this.#nowMs(), this.#limits)
  }

  reportLag(node: NodeName, lagMs: number | null): void {
    this.#feed({ kind: 'lag', node, lagMs, nowMs: this.#nowMs() })
  }

  metrics(): RouterMetrics {
    return this.books.metrics(this.#waiting.size)
  }

  close(): void {
    this.#closed.abort()
    this.#wake.abort()
    for (const { resolve } of this.#waiting.values()) resolve({ kind: 'refused', reason: 'no-master' })
    this.#waiting.clear()
  }

  #feed(event: RouterEvent): void {
    const step = stepRouter(this.#state, event, this.#limits)
    this.#state = step.state
    for (const effect of step.effects) this.#perform(effect)
  }

  #perform(effect: RouterEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#tell(effect.request, effect)
        break
      case 'reject':
        this.books.rejected(effect.reason)
        this.#tell(effect.request, { kind: 'refused', reason: effect.reason })
        break
      case 'wake':
        this.#wakeAt(effect.atMs)
        break
      case 'resolve':
        void this.#resolve()
        break
      case 'drop':
        if (effect.how === 'cut') this.options.pools.cut(effect.node)
        else this.options.pools.retire(effect.node)
        break
      case 'adopted':
        this.books.adopt(effect.topology)
        break
      default:
        unreachable(effect)
    }
  }

  #tell(request: number, answer: Route | Refused): void {
    if (request === this.#asking) {
      this.#answer = answer
      return
    }
    const { resolve, sinceMs } = present(this.#waiting.get(request), `request ${request}`)
    this.#waiting.delete(request)
    this.books.held(this.#nowMs() - sinceMs)
    resolve(answer)
  }

  /** One timer at a time, for the earliest wish: a tick handles everything that is due. */
  #wakeAt(atMs: number): void {
    const { clock } = this.options
    if (atMs >= this.#wakeAtMs || this.isClosed) return
    this.#wake.abort()
    this.#wake = new AbortController()
    this.#wakeAtMs = atMs
    clock.sleep(Math.max(1, atMs - this.#nowMs()), this.#wake.signal).then(
      () => {
        this.#wakeAtMs = Number.POSITIVE_INFINITY
        this.#feed({ kind: 'tick', nowMs: this.#nowMs() })
      },
      () => undefined,
    )
  }

  /** Whoever waits asks again by itself, so a look that failed needs no repeat here. */
  async #resolve(): Promise<void> {
    const { topologySource } = this.options
    if (!topologySource.look || this.#isResolving || this.isClosed) return
    this.#isResolving = true
    const seen = await topologySource.look().catch(() => null)
    this.#isResolving = false
    if (seen && !this.isClosed) this.#feed({ kind: 'topology', nowMs: this.#nowMs(), ...seen })
  }

  #nowMs(): number {
    return this.options.clock.monotonicMs()
  }
}

interface Waiting {
  readonly resolve: (answer: Route | Refused) => void
  readonly sinceMs: number
}
