import { assert } from '../../kit/assert.js'
import type { Random } from '../../kit/random.js'
import type {
  QlinkAnswer,
  QlinkEffect,
  QlinkEvent,
  QlinkLimits,
  QlinkState,
  QlinkStep,
} from '../../protocol/qlink/state.js'
import { initialQlinkState } from '../../protocol/qlink/state.js'
import type { Facts } from '../checks/facts.js'
import type { Answer, Push, QlinkAsk, QlinkLine, StreamMessage } from '../world/messages.js'
import { connectionRefused, type Network } from '../world/network.js'
import type { Actor, Connection, Ending, Exchange, Process } from '../world/process.js'
import type { World } from '../world/world.js'
import type { QlinkDisk } from './qlink-disk.js'
import { QlinkDiskWork } from './qlink-disk-work.js'
import { QlinkLink } from './qlink-link.js'
import { QlinkReplays } from './qlink-replays.js'
import { pollToken, ShadowPoll } from './shadow-poll.js'

export type StepQlink = (state: QlinkState, event: QlinkEvent, limits: QlinkLimits) => QlinkStep

/** What the machine decides. */
type MachineAsk = Extract<QlinkAsk, { readonly kind: 'claim' | 'open' | 'seal' | 'shadow' }>

export interface QlinkContext {
  readonly world: World
  readonly network: Network
  readonly facts: Facts
  readonly disk: QlinkDisk
  readonly random: Random
  readonly limits: QlinkLimits
  readonly step: StepQlink
  readonly syncUs: number
  /** An established link that is silent for longer is taken for broken. */
  readonly linkSilentMs: number
}

/** 1 to 3 are those of its disk. */
const unlinkedCode = 4
const wakeCode = 5
const watchCode = 6
const readyCode = 7

const watchUs = 50_000
const pollEveryTicks = 2

/** qlink's process: drives {@link StepQlink} against a model disk, a model leader and model keepers. */
export class QlinkProcess implements Actor {
  state: QlinkState = initialQlinkState
  readonly #context: QlinkContext
  readonly #process: () => Process
  readonly #disk: QlinkDiskWork
  readonly #link: QlinkLink
  readonly #shadow: ShadowPoll
  readonly #replays: QlinkReplays
  readonly #requests = new Map<number, Exchange>()
  #watchers: Connection[] = []
  #isReady = false
  #request = 0
  #ticks = 0
  #tickDueUs = 0
  #late = { byMs: 0, atUs: 0 }

  constructor(process: () => Process, context: QlinkContext) {
    this.#process = process
    this.#context = context
    const feed = (event: QlinkEvent) => this.#feed(event)
    const state = () => this.state
    const onCut = () => this.#link.ignoreTheRest()
    this.#disk = new QlinkDiskWork({ ...context, process, feed, onCut })
    this.#link = new QlinkLink(process, context, feed)
    this.#shadow = new ShadowPoll({ ...context, process, state, feed })
    this.#replays = new QlinkReplays(process, context, state)
  }

  started(): void {
    const { world, random } = this.#context
    world.timer(this.#process(), 5_000 + random.below(40_000), readyCode)
  }

  ended(how: Ending): void {
    const { disk, random, facts } = this.#context
    const isReceiving = this.#link.isOpen
    const written = disk.journal.length
    const lost = disk.survive(how, random)
    for (const record of disk.journal.slice(written)) this.#disk.note(record)
    if (lost > 0) facts.sometimes('un-synced tail lost')
    // Killed in the middle of a write, it leaves a transaction that is not whole.
    if (isReceiving && random.below(4) === 0) facts.sometimes('torn tail cut')
    this.#isReady = false
    this.state = initialQlinkState
    this.#link.reset()
    this.#replays.reset()
    this.#requests.clear()
    this.#watchers = []
    this.#disk.reset()
    this.#shadow.reset()
    this.#late = { byMs: 0, atUs: 0 }
  }

  timer(code: number, arg: number): void {
    if (this.#disk.timer(code, arg)) return
    switch (code) {
      case readyCode:
        this.#recover()
        break
      case unlinkedCode:
        this.#feed({ kind: 'unlinked', link: arg, nowMs: this.#nowMs() })
        break
      case wakeCode:
        this.#feed({ kind: 'tick', nowMs: this.#nowMs() })
        break
      case watchCode:
        this.#tick()
    }
  }

  asked(exchange: Exchange): void {
    const { network, disk } = this.#context
    if (!this.#isReady) {
      network.answer(exchange, connectionRefused)
      return
    }
    const ask = exchange.ask as QlinkAsk
    switch (ask.kind) {
      case 'lookup-gtid':
        network.answer(exchange, { kind: 'place', place: disk.log.placeOf(ask.gtid, disk.synced) })
        break
      case 'find-fork':
        network.answer(exchange, { kind: 'fork', common: disk.commonWith(ask.servers) })
        break
      case 'log-end':
        network.answer(exchange, this.#doneNow())
        break
      case 'replay-onto':
        this.#replays.asked(exchange, ask)
        break
      default:
        this.#enqueue(exchange, ask)
    }
  }

  answered(exchange: Exchange, answer: Answer): void {
    if (exchange.token === pollToken) this.#shadow.answered(exchange, answer)
    else this.#replays.answered(exchange, answer)
  }

  connected(connection: Connection): void {
    if (!this.#isReady) {
      this.#context.network.close(connection, this.#process())
      return
    }
    this.#watchers.push(connection)
    this.#context.network.send(connection, this.#process(), this.#line())
  }

  received(connection: Connection, message: StreamMessage): void {
    this.#link.received(connection, message)
  }

  closed(connection: Connection): void {
    this.#watchers = this.#watchers.filter((each) => each !== connection)
    this.#link.closed(connection)
  }

  pushed(_push: Push): void {
    // Nobody pushes to qlink.
  }

  #recover(): void {
    const { world, disk } = this.#context
    this.#isReady = true
    const found = disk.recovered()
    this.#context.facts.qlinkStarted()
    this.#tell(`is up: epoch ${found.epoch} ${found.phase}, log to ${found.end.gtid || 'nothing'}`)
    this.#feed({ kind: 'recovered', ...found, nowMs: this.#nowMs() })
    this.#tickDueUs = world.nowUs + watchUs
    world.timer(this.#process(), watchUs, watchCode)
  }

  #enqueue(exchange: Exchange, ask: MachineAsk): void {
    this.#context.network.keep(exchange)
    const request = ++this.#request
    this.#requests.set(request, exchange)
    const asked = ask.kind === 'seal' ? { ...ask, epoch: null, request } : { ...ask, request }
    this.#feed({ kind: 'asked', ask: asked, nowMs: this.#nowMs() })
  }

  #feed(event: QlinkEvent): void {
    const { step, limits, facts } = this.#context
    const before = this.state
    const after = step(before, event, limits)
    this.state = after.state
    if (after.state.sealing && !before.sealing) facts.sealAsked(after.state.epoch)
    if (after.state.throttled && !before.throttled) facts.sometimes('back-pressure hit')
    if (isGivenUp(after.state) && before.throttled) facts.sometimes('stuck shadow given up')
    for (const effect of after.effects) this.#perform(effect, event)
    if (isNews(before, after.state)) this.#tellWatchers()
  }

  #perform(effect: QlinkEffect, cause: QlinkEvent): void {
    const { world, random } = this.#context
    const process = this.#process()
    switch (effect.kind) {
      case 'journal':
        this.#disk.journal(effect.record)
        break
      case 'link':
        this.#link.open(effect)
        break
      case 'unlink':
        this.#link.close(effect.link)
        world.timer(process, 100 + random.below(1000), unlinkedCode, effect.link)
        break
      case 'sync':
        this.#disk.sync()
        break
      case 'repair':
        this.#disk.repair()
        break
      case 'acknowledge':
        this.#link.acknowledge(effect, cause.kind === 'caught-up')
        break
      case 'reply':
        this.#reply(effect.request, effect.answer)
        break
      case 'wake':
        // Timers of real systems come up to a millisecond early.
        world.timer(process, Math.max(0, world.untilMs(process, effect.atMs) - random.below(1000)), wakeCode)
    }
  }

  #tick(): void {
    const { world } = this.#context
    const lateMs = Math.floor((world.nowUs - this.#tickDueUs) / 1000)
    if (lateMs > 0) this.#late = { byMs: lateMs, atUs: world.nowUs }
    this.#tickDueUs = world.nowUs + watchUs
    world.timer(this.#process(), watchUs, watchCode)
    this.#ticks++
    this.#link.look()
    if (this.#ticks % pollEveryTicks === 0) this.#shadow.poll()
    this.#tellWatchers()
  }

  #reply(request: number, answer: QlinkAnswer): void {
    const exchange = this.#requests.get(request)
    assert(exchange, `request ${request} is answered once`)
    this.#requests.delete(request)
    this.#context.network.answer(exchange, answerOf(answer))
  }

  #doneNow(): Answer {
    const { term, epoch, durable } = this.state
    return { kind: 'qlink-done', term, epoch, end: durable }
  }

  #tellWatchers(): void {
    if (this.#watchers.length === 0) return
    const line = this.#line()
    for (const watcher of this.#watchers) this.#context.network.send(watcher, this.#process(), line)
  }

  #line(): QlinkLine {
    const { term, epoch, phase, shadow, throttled, diskError, received } = this.state
    const { world } = this.#context
    return {
      kind: 'qlink-line',
      term,
      epoch,
      phase,
      shadow: shadow?.address.node ?? null,
      heardAgoMs: this.#link.heardAgoMs(),
      bytes: received.bytes,
      holdsBack: throttled || diskError !== null,
      loopDelayMs: world.nowUs - this.#late.atUs < 1_000_000 ? this.#late.byMs : 0,
    }
  }

  #nowMs(): number {
    return this.#context.world.clockMs(this.#process())
  }

  #tell(what: string): void {
    const { world } = this.#context
    world.story?.tell(world.nowUs, 'qlink', what)
  }
}

/** What watchers are told at once. */
/** The shadow is too far behind and holds nobody up any more, because it stands still. */
function isGivenUp({ shadow, throttled }: QlinkState): boolean {
  return shadow !== null && shadow.best !== null && !throttled
}

function isNews(before: QlinkState, after: QlinkState): boolean {
  return (
    before.phase !== after.phase ||
    before.link.state !== after.link.state ||
    before.diskError !== after.diskError ||
    before.throttled !== after.throttled ||
    before.term !== after.term
  )
}

function answerOf(answer: QlinkAnswer): Answer {
  if (answer.kind === 'done')
    return { kind: 'qlink-done', term: answer.term, epoch: answer.epoch, end: answer.end }
  if (answer.kind === 'term-old')
    return { kind: 'refused-by-qlink', why: 'term-old', reason: `term ${answer.newest} is newer` }
  return { kind: 'refused-by-qlink', why: answer.kind, reason: answer.reason }
}
