import type { Clock } from '../kit/clock.js'
import { emptyModel, reduceEvent } from './event-model.js'
import type { PlainOptions } from './plain-lines.js'
import { heartbeatLine, plainLines } from './plain-lines.js'
import type { Renderer } from './renderer.js'

/** How long a log may be silent while something runs: short at first, then ever longer. */
const firstSilenceMs = 5_000
const silenceMaxMs = 60_000
const silenceGrowth = 1.5
const tickMs = 1_000

/** Append-only lines for pipes, CI and dumb terminals. */
export function plainRenderer(
  options: PlainOptions & { readonly clock: Clock; readonly write: (text: string) => void },
): Renderer {
  const { clock, write } = options
  let model = emptyModel
  let lastLineMs = clock.monotonicMs()
  let silenceMs = firstSilenceMs
  const writeLines = (lines: readonly string[]) => {
    if (lines.length === 0) return
    lastLineMs = clock.monotonicMs()
    write(lines.map((line) => `${line}\n`).join(''))
  }
  const beat = () => {
    if (clock.monotonicMs() - lastLineMs < silenceMs) return
    const line = heartbeatLine(model, clock.wallMs())
    if (line === null) return
    writeLines([line])
    silenceMs = Math.min(silenceMaxMs, silenceMs * silenceGrowth)
  }
  const timer = setInterval(beat, tickMs)
  // A forgotten renderer must not keep the process alive.
  timer.unref()

  return {
    show: (event) => {
      model = reduceEvent(model, event)
      const lines = plainLines(event, model, options)
      if (lines.length > 0) silenceMs = firstSilenceMs
      writeLines(lines)
    },
    stop: () => {
      clearInterval(timer)
      return Promise.resolve()
    },
  }
}
