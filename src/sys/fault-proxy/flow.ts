import type { Socket } from 'node:net'
import type { Clock } from '../../kit/clock.js'
import type { Random } from '../../kit/random.js'
import type { FlowFaults } from '../../model/drill-fault.js'
import { abortSocket } from './abort-socket.js'

/** Totals of one direction of an edge, over all its connections. */
export class FlowTally {
  bytes = 0
  bytesHit = 0
  connectionsHit = 0
}

/** What the flows of one direction of an edge share: the faults in force, and the totals. */
export interface FlowRules {
  faults: FlowFaults
  readonly tally: FlowTally
  /** How often `cutAtText` may still strike. */
  cutsLeft: number
}

export interface FlowOptions {
  readonly source: Socket
  /** null until the other side is connected. */
  readonly sink: Socket | null
  readonly rules: FlowRules
  readonly clock: Clock
  readonly rng: Random
  /** The fault wants the whole connection to end: both sides see a reset. */
  readonly onCut: () => void
  /** The connection's other direction must not answer any more: the text went through, its answer must not. */
  readonly onCutAnswer: () => void
}

type Piece =
  | { readonly kind: 'bytes'; readonly chunk: Buffer; readonly dueMs: number }
  | { readonly kind: 'end' | 'reset'; readonly dueMs: number }

/** More than this is not held: then the sender is stopped, as a full network would. */
const heldBytesMax = 4 * 1024 * 1024

/** A slowed-down flow sends in pieces of this many milliseconds' worth, so that it trickles. */
const trickleMs = 20

/**
 * Carries the bytes of one direction of one connection. Without a fault a piece goes on as it came, without a copy;
 * with one it waits here, in order.
 */
export class Flow {
  #sink: Socket | null
  #queue: Piece[] = []
  #heldBytes = 0
  #lastDueMs = 0
  #timer: NodeJS.Timeout | null = null
  #sinkFull = false
  /** Bytes that were swallowed: the stream has a hole and must not go on. */
  #swallowed = false
  #wasHit = false
  #carriedSinceFault = 0
  #muted = false
  #ended = false

  constructor(private readonly options: FlowOptions) {
    this.#sink = options.sink
    const { source } = options
    source.on('data', (chunk: Buffer) => this.#onBytes(chunk))
    source.on('end', () => this.#onEnd('end'))
    source.on('close', (hadError) => this.#onEnd(hadError ? 'reset' : 'end'))
    if (options.sink) this.#watchSink(options.sink)
  }

  /** The other side is connected now: what has waited goes on. */
  attach(sink: Socket): void {
    this.#sink = sink
    this.#watchSink(sink)
    this.#pump()
  }

  /** The faults of the edge have changed. False when the stream has a hole, so that the connection must end. */
  faultsChanged(): boolean {
    this.#carriedSinceFault = 0
    this.#wasHit = false
    this.#stopTimer()
    if (this.#swallowed && this.#faults.blocked !== 'drop') return false
    this.#pump()
    return true
  }

  /** Swallows everything from now on. */
  mute(): void {
    this.#muted = true
    this.#forget()
  }

  /** Forgets what waits; nothing is carried any more. */
  dispose(): void {
    this.#ended = true
    this.#forget()
  }

  get #faults(): FlowFaults {
    return this.options.rules.faults
  }

  #forget(): void {
    this.#queue = []
    this.#heldBytes = 0
    this.#stopTimer()
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #onBytes(chunk: Buffer): void {
    const { tally } = this.options.rules
    tally.bytes += chunk.length
    if (this.#isSwallowed(chunk) || this.#cutsAt(chunk)) return
    const clear = isClear(this.#faults)
    if (clear && this.#sink && !this.#sinkFull && this.#queue.length === 0) {
      this.#send(this.#sink, chunk)
    } else {
      if (!clear) this.#hit(chunk.length)
      this.#hold({ kind: 'bytes', chunk, dueMs: this.#dueMs() })
    }
  }

  #isSwallowed(chunk: Buffer): boolean {
    const dropped = this.#faults.blocked === 'drop'
    if (!dropped && !this.#muted) return false
    this.#swallowed ||= dropped
    this.#hit(chunk.length)
    return true
  }

  /** The end of the stream waits behind its last byte; where bytes are swallowed, so is their end. */
  #onEnd(kind: 'end' | 'reset'): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#faults.blocked === 'drop') {
      this.#swallowed = true
      return
    }
    this.#hold({ kind, dueMs: this.#dueMs() })
  }

  #hold(piece: Piece): void {
    this.#queue.push(piece)
    if (piece.kind === 'bytes') this.#heldBytes += piece.chunk.length
    if (this.#heldBytes >= heldBytesMax) this.options.source.pause()
    this.#pump()
  }

  #dueMs(): number {
    const { delay } = this.#faults
    if (!delay) return 0
    const jitterMs = (this.options.rng.fraction() * 2 - 1) * delay.jitterMs
    // Never before what came earlier: TCP keeps the order.
    this.#lastDueMs = Math.max(
      this.#lastDueMs,
      this.options.clock.monotonicMs() + Math.max(0, delay.delayMs + jitterMs),
    )
    return this.#lastDueMs
  }

  #pump(): void {
    while (this.#pumpOne());
    const { source } = this.options
    if (!this.#sinkFull && this.#heldBytes < heldBytesMax && source.isPaused()) source.resume()
  }

  /** Carries the first piece that waits; false when it has to wait on. */
  #pumpOne(): boolean {
    const sink = this.#sink
    const piece = this.#queue[0]
    if (!sink || !piece || this.#timer || this.#sinkFull || this.#faults.blocked !== null) return false
    const waitMs = piece.dueMs - this.options.clock.monotonicMs()
    if (waitMs > 0 && this.#faults.delay !== null) {
      this.#pumpAfter(waitMs)
      return false
    }
    this.#queue.shift()
    if (piece.kind !== 'bytes') {
      this.#finish(sink, piece.kind)
      return false
    }
    this.#heldBytes -= piece.chunk.length
    const { bytesPerSecond } = this.#faults
    if (bytesPerSecond === null) this.#send(sink, piece.chunk)
    else this.#trickle(sink, { chunk: piece.chunk, bytesPerSecond })
    return true
  }

  /** Sends a small piece, puts the rest back in front, and waits as long as the piece takes. */
  #trickle(sink: Socket, slow: { readonly chunk: Buffer; readonly bytesPerSecond: number }): void {
    const { chunk, bytesPerSecond } = slow
    const pieceBytes = Math.max(1, Math.floor((bytesPerSecond * trickleMs) / 1000))
    const rest = chunk.subarray(pieceBytes)
    if (rest.length > 0) {
      this.#queue.unshift({ kind: 'bytes', chunk: rest, dueMs: 0 })
      this.#heldBytes += rest.length
    }
    const sentBytes = chunk.length - rest.length
    this.#send(sink, chunk.subarray(0, sentBytes))
    this.#pumpAfter((sentBytes * 1000) / bytesPerSecond)
  }

  #pumpAfter(waitMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#pump()
    }, Math.ceil(waitMs))
  }

  #send(sink: Socket, chunk: Buffer): void {
    const bytesLeft = (this.#faults.cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.#carriedSinceFault
    if (chunk.length >= bytesLeft) {
      this.#sendLast(sink, chunk, bytesLeft)
      return
    }
    this.#carriedSinceFault += chunk.length
    if (!sink.writable || sink.write(chunk)) return
    this.#sinkFull = true
    this.options.source.pause()
  }

  /** The bytes up to the cut do arrive; then both sides see a reset. */
  #sendLast(sink: Socket, chunk: Buffer, bytes: number): void {
    this.#hit(chunk.length)
    this.mute()
    sink.write(chunk.subarray(0, bytes), () => this.options.onCut())
  }

  #cutsAt(chunk: Buffer): boolean {
    const { rules, onCut, onCutAnswer } = this.options
    const cut = this.#faults.cutAtText
    if (cut === null || rules.cutsLeft <= 0 || !chunk.includes(cut.text, 0, 'latin1')) return false
    rules.cutsLeft--
    this.#hit(chunk.length)
    if (!cut.deliver) {
      onCut()
      return true
    }
    // The end comes after the bytes, so that the node reads them before it learns that nobody waits for the answer.
    this.#sink?.end(chunk)
    this.mute()
    onCutAnswer()
    return true
  }

  #finish(sink: Socket, kind: 'end' | 'reset'): void {
    this.#forget()
    if (kind === 'end') sink.end()
    else abortSocket(sink)
  }

  #hit(bytes: number): void {
    const { tally } = this.options.rules
    tally.bytesHit += bytes
    if (this.#wasHit) return
    this.#wasHit = true
    tally.connectionsHit++
  }

  /** A sink that is gone takes everything: nobody is there to feel the pressure. */
  #watchSink(sink: Socket): void {
    const goOn = () => {
      this.#sinkFull = false
      this.#pump()
    }
    sink.on('drain', goOn)
    sink.on('close', goOn)
  }
}

function isClear(faults: FlowFaults): boolean {
  return faults.blocked === null && faults.delay === null && faults.bytesPerSecond === null
}
