import type { Context } from '../../kit/context.js'
import { formatBytes, formatCount } from '../../kit/units.js'
import type { PartWritten } from './table-stream.js'

const intervalMs = 200

/** Tells a few times per second how many parts are done, and how fast. */
export class PartProgress {
  #parts = 0
  #rows = 0
  #bytes = 0
  #shownMs: number
  readonly #startedMs: number

  constructor(
    private readonly work: { readonly step: string; readonly parts: number },
    private readonly context: Context,
  ) {
    this.#startedMs = context.clock.monotonicMs()
    this.#shownMs = this.#startedMs
  }

  add({ rows, bytes }: PartWritten): void {
    this.#parts++
    this.#rows += rows
    this.#bytes += bytes
    const nowMs = this.context.clock.monotonicMs()
    if (nowMs - this.#shownMs < intervalMs && this.#parts < this.work.parts) return
    this.#shownMs = nowMs
    this.#show(nowMs - this.#startedMs)
  }

  #show(elapsedMs: number): void {
    const { step, parts } = this.work
    const seconds = Math.max(0.001, elapsedMs / 1000)
    const speed = this.#bytes === 0 ? '' : `, ${formatBytes(this.#bytes / seconds)}/s`
    this.context.emit({
      kind: 'step.progress',
      step,
      done: this.#parts,
      total: parts,
      unit: 'parts',
      etaMs: (elapsedMs / this.#parts) * (parts - this.#parts),
      note: `${formatCount(this.#rows / seconds)} rows/s${speed}`,
    })
  }
}
