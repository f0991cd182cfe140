import type { Context } from '../kit/context.js'
import { type ClosedLoopOptions, startClosedLoop } from './closed-loop.js'
import type { LoadRunResult } from './load-run.js'

const lookMs = 500

/** Runs a timed closed loop and shows twice per second how fast it goes. */
export async function runWatched(
  step: string,
  options: ClosedLoopOptions & { readonly durationMs: number },
  context: Context,
): Promise<LoadRunResult> {
  const { clock, emit } = context
  const startedMs = clock.monotonicMs()
  const run = startClosedLoop(options, context)
  const over = new AbortController()
  const watching = (async () => {
    let before = 0
    while (!over.signal.aborted) {
      await clock.sleep(lookMs, over.signal).catch(() => undefined)
      const { ok, failed, unknown } = run.counters()
      // Counting starts again at the end of the warm-up.
      const perSecond = (Math.max(0, ok - before) * 1000) / lookMs
      before = ok
      emit({
        kind: 'step.progress',
        step,
        done: Math.min(options.durationMs, clock.monotonicMs() - startedMs) / 1000,
        total: options.durationMs / 1000,
        unit: 'seconds',
        perSecond,
        ...(failed + unknown > 0 ? { note: `${failed + unknown} errors` } : {}),
      })
    }
  })()
  try {
    return await run.finished
  } finally {
    over.abort()
    await watching
  }
}
