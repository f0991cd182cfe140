import type { Random } from '../../kit/random.js'
import type { NodeName } from '../../model/node.js'
import type { RouterEffect, RouterEvent, RouterLimits, RouterState } from '../../protocol/router/state.js'
import { initialRouterState } from '../../protocol/router/state.js'
import { stepRouter } from '../../protocol/router/step.js'
import type { AckLedger } from '../checks/ack-ledger.js'
import type { Facts } from '../checks/facts.js'
import type { Answer, Push } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Actor, Connection, Ending, Exchange, Process } from '../world/process.js'
import type { World } from '../world/world.js'
import { nodeIndexOf } from './addresses.js'
import type { ClientWork } from './client-work.js'
import type { TopologyStore } from './topology-store.js'

export interface RouterContext {
  readonly world: World
  readonly network: Network
  readonly facts: Facts
  readonly random: Random
  readonly store: TopologyStore
  readonly ledger: AckLedger
  readonly limits: RouterLimits
  readonly clients: number
  /** Mean pause of a client between two pieces of work. */
  readonly thinkUs: number
  readonly readPermille: number
}

const pullCode = 1
const wakeCode = 2
const thinkCode = 3
const resolveCode = 4

const pullUs = 200_000
const resolveUs = 2_000
/** An attempt that is not answered for this long is given up; its outcome is unknown. */
const attemptLimitUs = 2_000_000
const workLimitMs = 12_000
const heldLimitMs = 6_000

/**
 * A process with a router and the clients that use it: unique writes with idempotency keys, and reads. An outcome that
 * is unknown is resolved by the key, on the master of that moment.
 */
export class RouterProcess implements Actor {
  state: RouterState = initialRouterState
  /** Fault: cut off from the truth; news by push may still come. */
  isBlind = false
  /** The clients finish what they have begun, and begin nothing more. */
  isQuiet = false
  readonly #context: RouterContext
  readonly #process: () => Process
  readonly #index: number
  readonly #work = new Map<number, ClientWork>()
  #request = 0
  #isResolving = false
  #wakeAtMs = Number.POSITIVE_INFINITY
  #wakes = 0

  constructor(index: number, process: () => Process, context: RouterContext) {
    this.#index = index
    this.#process = process
    this.#context = context
  }

  get busy(): number {
    return this.#work.size
  }

  started(): void {
    const { world, random, clients, thinkUs } = this.#context
    this.state = initialRouterState
    this.#context.facts.routerStarted(this.#index)
    this.#pull()
    world.timer(this.#process(), random.below(pullUs), pullCode)
    for (let client = 0; client < clients; client++)
      world.timer(this.#process(), random.below(thinkUs), thinkCode, client)
  }

  ended(_how: Ending): void {
    for (const work of this.#work.values())
      this.#settle(work, work.isAmbiguous || work.sent ? 'unknown' : 'failed')
    this.#work.clear()
    this.#isResolving = false
    this.#wakeAtMs = Number.POSITIVE_INFINITY
  }

  timer(code: number, arg: number): void {
    switch (code) {
      case pullCode:
        this.#context.world.timer(this.#process(), pullUs, pullCode)
        this.#giveUpLate()
        this.#pull()
        break
      case resolveCode:
        this.#isResolving = false
        this.#pull()
        break
      case wakeCode:
        // An earlier wish to be woken replaced this one.
        if (arg !== this.#wakes) return
        this.#wakeAtMs = Number.POSITIVE_INFINITY
        this.#feed({ kind: 'tick', nowMs: this.#nowMs() })
        break
      case thinkCode:
        this.#begin(arg)
    }
  }

  asked(): void {
    // Its clients are in the same process.
  }

  answered(exchange: Exchange, answer: Answer): void {
    const work = this.#work.get(exchange.token)
    if (work?.sent?.exchange !== exchange) return
    if (answer.kind === 'failed' && answer.why !== 'closed') {
      this.#bounce(exchange.token, work)
      return
    }
    const { sent } = work
    work.sent = null
    if (answer.kind === 'failed') {
      this.#again(exchange.token, work)
      return
    }
    if (answer.kind === 'rows') {
      if (sent.as === 'master') this.#context.facts.readMaster(answer.committed, work.askedAtUs)
      this.#end(exchange.token, work)
      return
    }
    if (answer.kind === 'found' && !answer.present) {
      work.isLookup = false
      this.#ask(exchange.token, work)
      return
    }
    if (work.isAmbiguous) this.#context.facts.sometimes('ambiguous commit resolved')
    this.#settle(work, 'ok')
    this.#end(exchange.token, work)
  }

  connected(): void {
    // Nobody connects to it.
  }

  received(): void {
    // It holds no connection of its own.
  }

  closed(_connection: Connection): void {
    // It holds no connection of its own.
  }

  pushed({ topology }: Push): void {
    this.#feed({ kind: 'topology', topology, nowMs: this.#nowMs() })
  }

  #pull(): void {
    if (this.isBlind) return
    const nowMs = this.#nowMs()
    this.#feed({ kind: 'topology', topology: this.#context.store.current, nowMs, confirmedAtMs: nowMs })
  }

  #begin(client: number): void {
    const { random, ledger, readPermille, world } = this.#context
    if (this.isQuiet) return
    const isRead = random.below(1000) < readPermille
    const request = ++this.#request
    const work: ClientWork = {
      client,
      kind: isRead ? 'read' : 'write',
      key: isRead ? 0 : ledger.newKey(),
      mode: isRead && random.below(2) === 0 ? 'any' : 'master',
      deadlineMs: this.#nowMs() + workLimitMs,
      askedAtUs: world.nowUs,
      isAmbiguous: false,
      isLookup: false,
      sent: null,
    }
    this.#work.set(request, work)
    this.#ask(request, work)
  }

  #ask(request: number, work: ClientWork): void {
    const nowMs = this.#nowMs()
    this.#feed({
      kind: 'ask',
      request,
      mode: work.mode,
      deadlineMs: Math.min(work.deadlineMs, nowMs + heldLimitMs),
      nowMs,
    })
  }

  #bounce(request: number, work: ClientWork): void {
    const { sent } = work
    if (sent === null) return
    work.sent = null
    const nowMs = this.#nowMs()
    const deadlineMs = Math.min(work.deadlineMs, nowMs + heldLimitMs)
    this.#feed({
      kind: 'bounced',
      request,
      mode: work.mode,
      deadlineMs,
      nowMs,
      node: sent.node,
      epoch: sent.epoch,
    })
  }

  /** It may have had an effect: resolved by the key, by looking it up or by writing it once more. */
  #again(request: number, work: ClientWork): void {
    if (work.kind === 'read') {
      this.#end(request, work)
      return
    }
    work.isAmbiguous = true
    work.isLookup = this.#context.random.below(2) === 0
    if (this.#nowMs() < work.deadlineMs) {
      this.#ask(request, work)
      return
    }
    this.#settle(work, 'unknown')
    this.#end(request, work)
  }

  #giveUpLate(): void {
    const { nowUs } = this.#context.world
    for (const [request, work] of this.#work) {
      if (work.sent === null || nowUs - work.sent.atUs < attemptLimitUs) continue
      this.#giveUp(request, work)
    }
  }

  #giveUp(request: number, work: ClientWork): void {
    if (work.sent !== null) work.sent.exchange.abandoned = true
    work.sent = null
    this.#again(request, work)
  }

  #feed(event: RouterEvent): void {
    const before = this.state
    const { state, effects } = stepRouter(before, event, this.#context.limits)
    this.state = state
    if (state.held.length > before.held.length) this.#context.facts.sometimes('write held by the router')
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: RouterEffect): void {
    const { world, facts } = this.#context
    switch (effect.kind) {
      case 'send':
        this.#send(effect)
        break
      case 'reject':
        this.#rejected(effect.request)
        break
      case 'wake':
        if (effect.atMs >= this.#wakeAtMs) return
        this.#wakeAtMs = effect.atMs
        this.#wakes++
        world.timer(this.#process(), world.untilMs(this.#process(), effect.atMs), wakeCode, this.#wakes)
        break
      case 'resolve':
        if (this.#isResolving) return
        this.#isResolving = true
        world.timer(this.#process(), resolveUs, resolveCode)
        break
      case 'drop':
        if (effect.how === 'cut') this.#cut(effect.node)
        return
      case 'adopted':
        facts.adopted(this.#index, effect.topology)
    }
  }

  #send(effect: Extract<RouterEffect, { kind: 'send' }>): void {
    const { world, network } = this.#context
    const work = this.#work.get(effect.request)
    if (!work) return
    const { node, epoch, as } = effect
    const ask =
      work.kind === 'read'
        ? ({ kind: 'read' } as const)
        : work.isLookup
          ? ({ kind: 'lookup', key: work.key } as const)
          : ({ kind: 'write', key: work.key } as const)
    const to = world.process(nodeIndexOf(node))
    const exchange = network.ask(this.#process(), to, ask, { token: effect.request })
    work.sent = { exchange, node, epoch, as, atUs: world.nowUs }
  }

  #rejected(request: number): void {
    const work = this.#work.get(request)
    if (!work) return
    if (work.kind === 'write') {
      if (work.isAmbiguous && this.#nowMs() < work.deadlineMs) {
        this.#ask(request, work)
        return
      }
      this.#settle(work, work.isAmbiguous ? 'unknown' : 'failed')
    }
    this.#end(request, work)
  }

  #cut(node: NodeName): void {
    for (const [request, work] of this.#work) if (work.sent?.node === node) this.#giveUp(request, work)
  }

  #settle(work: ClientWork, outcome: 'ok' | 'failed' | 'unknown'): void {
    if (work.kind === 'write') this.#context.ledger.settle(work.key, outcome)
    if (outcome === 'ok') this.#context.facts.clientHeardOk(work.key)
  }

  #end(request: number, { client }: ClientWork): void {
    const { world, random, thinkUs } = this.#context
    this.#work.delete(request)
    world.timer(this.#process(), 1000 + random.below(2 * thinkUs), thinkCode, client)
  }

  #nowMs(): number {
    return this.#context.world.clockMs(this.#process())
  }
}
