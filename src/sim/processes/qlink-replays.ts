import type { QlinkState } from '../../protocol/qlink/state.js'
import type { Facts } from '../checks/facts.js'
import type { Answer, Failed, QlinkAsk } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Exchange, Lane, Process } from '../world/process.js'
import type { World } from '../world/world.js'
import type { QlinkDisk } from './qlink-disk.js'

interface Replay {
  readonly exchange: Exchange
  readonly node: Process
  readonly lane: Lane
  applied: number
}

export interface QlinkReplaysContext {
  readonly world: World
  readonly network: Network
  readonly facts: Facts
  readonly disk: QlinkDisk
}

const batchMax = 32

/** `replay-onto`: applies on a node, in order and with the original GTIDs, what it lacks of the log. */
export class QlinkReplays {
  readonly #context: QlinkReplaysContext
  readonly #process: () => Process
  readonly #state: () => QlinkState
  readonly #replays = new Map<number, Replay>()
  #tokens = 0

  constructor(process: () => Process, context: QlinkReplaysContext, state: () => QlinkState) {
    this.#process = process
    this.#context = context
    this.#state = state
  }

  reset(): void {
    this.#replays.clear()
  }

  asked(exchange: Exchange, ask: Extract<QlinkAsk, { kind: 'replay-onto' }>): void {
    const { network, world } = this.#context
    const { term } = this.#state()
    if (ask.term < term) {
      network.answer(exchange, termOld)
      return
    }
    if (this.#state().phase === 'open') {
      network.answer(exchange, notSealed)
      return
    }
    network.keep(exchange)
    const token = ++this.#tokens
    const replay: Replay = {
      exchange,
      node: world.process(ask.node),
      lane: { lastUs: 0, broken: false },
      applied: 0,
    }
    this.#replays.set(token, replay)
    network.ask(this.#process(), replay.node, { kind: 'status' }, { token, lane: replay.lane })
  }

  answered({ token }: Exchange, answer: Answer): void {
    const replay = this.#replays.get(token)
    if (!replay) return
    if (answer.kind === 'failed') {
      this.#end(token, replay, answer)
      return
    }
    if (this.#state().phase === 'open') {
      this.#end(token, replay, notSealed)
      return
    }
    if (answer.kind !== 'node-status') return
    const { network, disk } = this.#context
    const from = answer.logged.position + 1
    const transactions = disk.log.numbers.slice(from - 1, Math.min(disk.synced, from - 1 + batchMax))
    if (transactions.length === 0) {
      this.#end(token, replay, { kind: 'done' })
      return
    }
    replay.applied += transactions.length
    network.ask(
      this.#process(),
      replay.node,
      { kind: 'replay', from, transactions },
      { token, lane: replay.lane },
    )
  }

  #end(token: number, replay: Replay, answer: Answer): void {
    this.#replays.delete(token)
    if (replay.applied > 0 && answer.kind === 'done') this.#context.facts.sometimes('qlink replay used')
    this.#context.network.answer(replay.exchange, answer)
  }
}

const termOld: Answer = Object.freeze({
  kind: 'refused-by-qlink',
  why: 'term-old',
  reason: 'a newer keeper has claimed qlink',
})

const notSealed: Failed = Object.freeze({
  kind: 'failed',
  why: 'error',
  reason: 'the epoch is open: nothing is replayed',
})
