import { render } from 'ink'
import type { ReactElement } from 'react'
import { useSyncExternalStore } from 'react'
import type { Clock } from '../kit/clock.js'
import { emptyModel, reduceEvent } from './event-model.js'
import type { TerminalSize } from './live-layout.js'
import type { ScreenState } from './progress-screen.js'
import { ProgressScreen } from './progress-screen.js'
import type { Renderer } from './renderer.js'
import type { Symbols } from './symbols.js'

/** Eight frames a second: alive, and hardly any work for the terminal or for the processor. */
const frameMs = 125
/** What a terminal without a size is taken for. */
const fallbackSize: TerminalSize = { columns: 80, rows: 24 }

/**
 * Draws progress with Ink on `stream` (stderr, so that stdout carries only the answer). Importing this file
 * costs more than half a second, so it is imported only when a terminal is there to draw on.
 */
export function ttyRenderer(options: {
  readonly clock: Clock
  readonly stream: NodeJS.WriteStream
  readonly symbols: Symbols
  readonly verbose: boolean
}): Renderer {
  const { clock, stream } = options
  const store = openStore({ model: emptyModel, nowMs: clock.wallMs(), frame: 0, over: false })
  let model = emptyModel
  const draw = (over: boolean) => {
    store.set({ model, nowMs: clock.wallMs(), frame: store.get().frame + 1, over })
  }
  const screen = <Screen store={store} {...options} />
  const ink = render(screen, {
    stdout: stream,
    patchConsole: false,
    // The command owns the signals; without raw mode Ctrl+C arrives as SIGINT.
    exitOnCtrlC: false,
    maxFps: 10,
  })
  // The only timer: it paces both the spinners and the events, however fast they come.
  const timer = setInterval(() => draw(false), frameMs)
  let stopped: Promise<void> | null = null
  const stop = async () => {
    clearInterval(timer)
    draw(true)
    // React would draw the last state in a later microtask; this makes it now.
    ink.rerender(screen)
    ink.unmount()
    await ink.waitUntilExit()
  }
  return {
    show: (event) => {
      model = reduceEvent(model, event)
    },
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

function Screen(props: {
  readonly store: Store<ScreenState>
  readonly stream: NodeJS.WriteStream
  readonly symbols: Symbols
  readonly verbose: boolean
}): ReactElement {
  const { store, stream, symbols, verbose } = props
  const state = useSyncExternalStore(store.subscribe, store.get)
  return <ProgressScreen state={state} size={sizeOf(stream)} symbols={symbols} verbose={verbose} />
}

function sizeOf(stream: NodeJS.WriteStream): TerminalSize {
  return {
    columns: stream.columns || fallbackSize.columns,
    rows: stream.rows || fallbackSize.rows,
  }
}

interface Store<T> {
  readonly get: () => T
  readonly set: (value: T) => void
  readonly subscribe: (listener: () => void) => () => void
}

function openStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      value = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
