import type { HistoryEvent } from '../model/history-event.js'

/** What clients saw of one epoch. Times in milliseconds on the recorder's clock. */
export interface EpochSeen {
  readonly epoch: number
  /** The `server_id`s that answered in it; more than one is a split brain. */
  readonly servers: readonly number[]
  /** Appends told OK in it. */
  readonly acknowledged: number
  readonly firstOkAtMs: number | null
  readonly lastOkAtMs: number | null
}

/** An answer from an epoch that was over before it was asked for. */
export interface StaleAnswer {
  readonly f: string
  readonly epoch: number
  /** An answer of this epoch had come before the call was made. */
  readonly newestBefore: number
  readonly server: number
  readonly atMs: number
}

export interface RecordedEpochs {
  /** In order. */
  readonly epochs: readonly EpochSeen[]
  /** Answers of the master with an epoch: appends and reads. */
  readonly answers: number
  readonly staleCount: number
  /** The first few. */
  readonly stale: readonly StaleAnswer[]
}

/** What an answer of the master says about who it is; part of the value of `append` and `read`. */
interface Answer {
  readonly epoch?: number
  readonly server?: number
}

const examplesMax = 20

/**
 * Folds a history into who answered in which epoch. All clients are on one clock, so "before" is real: a call that
 * was made after anybody had an answer of epoch e+1 must not be answered in epoch e (I5).
 */
export class EpochFold {
  readonly #epochs = new Map<number, MutableEpoch>()
  /** The newest epoch that anybody had an answer from when the call under way was made, by process. */
  readonly #newestAtCall = new Map<HistoryEvent['process'], number>()
  readonly #stale: StaleAnswer[] = []
  #staleCount = 0
  #answers = 0
  #newest = 0

  add(event: HistoryEvent): void {
    if (event.process === 'nemesis' || (event.f !== 'append' && event.f !== 'read')) return
    if (event.type === 'invoke') {
      this.#newestAtCall.set(event.process, this.#newest)
      return
    }
    const newestBefore = this.#newestAtCall.get(event.process) ?? 0
    this.#newestAtCall.delete(event.process)
    const { epoch, server } = (event.value ?? {}) as Answer
    if (event.type !== 'ok' || epoch === undefined || server === undefined) return
    const atMs = Number(event.time) / 1_000_000
    this.#answers++
    this.#newest = Math.max(this.#newest, epoch)
    if (epoch < newestBefore) this.#noteStale({ f: event.f, epoch, newestBefore, server, atMs })
    this.#epochOf(epoch).add(server, event.f === 'append' ? atMs : null)
  }

  result(): RecordedEpochs {
    const epochs = [...this.#epochs]
      .sort(([left], [right]) => left - right)
      .map(([epoch, seen]) => ({ epoch, ...seen.facts() }))
    return { epochs, answers: this.#answers, staleCount: this.#staleCount, stale: this.#stale }
  }

  #noteStale(answer: StaleAnswer): void {
    this.#staleCount++
    if (this.#stale.length < examplesMax) this.#stale.push(answer)
  }

  #epochOf(epoch: number): MutableEpoch {
    const known = this.#epochs.get(epoch)
    if (known) return known
    const seen = new MutableEpoch()
    this.#epochs.set(epoch, seen)
    return seen
  }
}

/** The epochs of a history that is at hand as a whole. */
export function recordedEpochs(events: Iterable<HistoryEvent>): RecordedEpochs {
  const fold = new EpochFold()
  for (const event of events) fold.add(event)
  return fold.result()
}

class MutableEpoch {
  readonly #servers = new Set<number>()
  #acknowledged = 0
  #firstOkAtMs: number | null = null
  #lastOkAtMs: number | null = null

  add(server: number, okAtMs: number | null): void {
    this.#servers.add(server)
    if (okAtMs === null) return
    this.#acknowledged++
    this.#firstOkAtMs ??= okAtMs
    this.#lastOkAtMs = okAtMs
  }

  facts(): Omit<EpochSeen, 'epoch'> {
    return {
      servers: [...this.#servers].sort((left, right) => left - right),
      acknowledged: this.#acknowledged,
      firstOkAtMs: this.#firstOkAtMs,
      lastOkAtMs: this.#lastOkAtMs,
    }
  }
}
