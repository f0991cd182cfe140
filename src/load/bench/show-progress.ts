import type { Context } from '../../kit/context.js'
import { formatCount } from '../../kit/units.js'
import type { LoadPlan } from '../engine/load-plan.js'
import type { LoadRecord } from '../engine/load-record.js'
import type { LoadRun } from '../engine/run-load.js'
import { stopAt } from './stop-at.js'

const lookMs = 500

/** Waits for a load run and shows twice per second how fast it goes; ends it at a limit. Rejects as the run does. */
export async function showProgress(
  run: LoadRun,
  {
    step,
    plan,
    operationsMax,
  }: { readonly step: string; readonly plan: LoadPlan; readonly operationsMax: number | null },
  { clock, emit }: Context,
): Promise<LoadRecord> {
  const startedMs = clock.monotonicMs()
  const totalMs = plan.rampMs + plan.warmUpMs + plan.durationMs
  const over = new AbortController()
  const watching = (async () => {
    let before = 0
    let beforeMs = startedMs
    while (!over.signal.aborted) {
      await clock.sleep(lookMs, over.signal).catch(() => undefined)
      if (over.signal.aborted) return
      const { ok, failed, unknown } = run.counters()
      const nowMs = clock.monotonicMs()
      // The warm-up is in it: what is shown is how fast it goes now.
      const perSecond = (Math.max(0, ok - before) * 1000) / Math.max(1, nowMs - beforeMs)
      before = ok
      beforeMs = nowMs
      const errors = failed + unknown
      // Thousands of clients take a while to connect, and the time of the run is not theirs.
      const begunMs = run.begunMs()
      const done = begunMs === null ? 0 : Math.min(totalMs, Math.max(0, nowMs - begunMs)) / 1000
      const notes = [
        ...(begunMs === null ? ['clients connect'] : []),
        ...(errors > 0 ? [`${formatCount(errors)} errors`] : []),
      ]
      const note = notes.length === 0 ? {} : { note: notes.join(', ') }
      emit({ kind: 'step.progress', step, done, total: totalMs / 1000, unit: 'seconds', perSecond, ...note })
    }
  })()
  const limit = operationsMax === null ? null : stopAt(run, operationsMax, { clock, over: over.signal })
  try {
    return await run.finished
  } finally {
    over.abort()
    await Promise.all([watching, limit])
  }
}
