import type { Clock } from '../kit/clock.js'
import type { CorelabEvent } from '../kit/events.js'
import { jsonRenderer } from '../ui/json-renderer.js'
import { plainRenderer } from '../ui/plain-renderer.js'
import type { Renderer } from '../ui/renderer.js'
import { quietRenderer } from '../ui/renderer.js'
import type { Terminal } from './terminal.js'

export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** The renderer for this terminal: progress on stderr, except for events that were asked for as the answer. */
export function chooseRenderer(
  terminal: Terminal,
  options: { readonly clock: Clock; readonly streams: Streams; readonly verbose: boolean },
): Renderer {
  const { clock, streams, verbose } = options
  switch (terminal.renderer) {
    case 'quiet':
      return quietRenderer
    case 'json':
      return jsonRenderer((text) => streams.stdout.write(text))
    case 'plain':
      return plainRenderer({ clock, verbose, write: (text) => streams.stderr.write(text) })
    case 'tty':
      return drawnWhenNeeded(terminal, options)
  }
}

/**
 * Ink takes more than half a second to load, so it is loaded when there is something to draw: commands without
 * progress never pay for it, and what ends before it is there is simply not drawn.
 */
function drawnWhenNeeded(
  terminal: Terminal,
  options: { readonly clock: Clock; readonly streams: Streams; readonly verbose: boolean },
): Renderer {
  const { stderr } = options.streams
  let waiting: CorelabEvent[] = []
  let drawn: Renderer | null = null
  let loading: Promise<void> | null = null

  const load = async () => {
    decideForInk(terminal)
    const { ttyRenderer } = await import('../ui/tty-renderer.js')
    if (waiting.length === 0) return
    stderr.write(eraseLine)
    drawn = ttyRenderer({
      clock: options.clock,
      stream: stderr,
      symbols: terminal.stderr.symbols,
      verbose: options.verbose,
    })
    for (const event of waiting) drawn.show(event)
    waiting = []
  }

  return {
    show: (event) => {
      if (drawn !== null) return drawn.show(event)
      waiting.push(event)
      if (loading !== null) return
      // Something is to be seen at once, also while the drawing code is still being read.
      if (event.kind === 'step.started') stderr.write(`${event.title} ...`)
      loading = load()
    },
    stop: async () => {
      if (drawn !== null) return drawn.stop()
      if (waiting.length === 0) return
      stderr.write(eraseLine)
      const { symbols, paint } = terminal.stderr
      for (const event of waiting) {
        if (event.kind === 'warning') stderr.write(`${paint.caution(symbols.warning)} ${event.message}\n`)
        if (event.kind === 'note') stderr.write(`${paint.faint(`${symbols.note} ${event.message}`)}\n`)
      }
      waiting = []
    },
  }
}

/**
 * Ink and its colours look at the environment when they are loaded, by rules of their own: an empty CI stops the
 * drawing, and NO_COLOR does not stop the colours. Here it was decided already.
 */
function decideForInk({ color }: Terminal): void {
  process.env.CI = 'false'
  process.env.CONTINUOUS_INTEGRATION = 'false'
  process.env.FORCE_COLOR = color ? '1' : '0'
}

const eraseLine = '\r\u001b[2K'
