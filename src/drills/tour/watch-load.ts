import type { Context } from '../../kit/context.js'
import type { TransferRun } from '../../load/live/run-transfers.js'

const lookMs = 500

/**
 * Watches a running load until `isOver` says so, and shows how fast it goes. Throws CANCELLED, and what
 * kept the load from starting; ends early when the load itself ends.
 */
export async function watchLoad(
  watch: {
    readonly step: string
    readonly run: TransferRun
    readonly isOver: (elapsedMs: number) => boolean | Promise<boolean>
    readonly everyMs?: number
  },
  context: Context,
): Promise<void> {
  const { clock, emit, signal } = context
  const startedMs = clock.monotonicMs()
  const load: { ended: boolean; failure: unknown } = { ended: false, failure: null }
  void watch.run.finished
    .catch((error) => {
      load.failure = error
    })
    .finally(() => {
      load.ended = true
    })
  let before = { ok: watch.run.counters().ok, atMs: startedMs }
  let shownMs = startedMs
  while (!load.ended && !(await watch.isOver(clock.monotonicMs() - startedMs))) {
    await clock.sleep(watch.everyMs ?? lookMs, signal)
    const nowMs = clock.monotonicMs()
    if (nowMs - shownMs < lookMs) continue
    const { ok, unknown } = watch.run.counters()
    const perSecond = ((ok - before.ok) / (nowMs - before.atMs)) * 1000
    const note = unknown === 0 ? {} : { note: `${unknown} with unknown outcome` }
    emit({
      kind: 'step.progress',
      step: watch.step,
      done: ok,
      total: null,
      unit: 'transfers',
      perSecond,
      ...note,
    })
    before = { ok, atMs: nowMs }
    shownMs = nowMs
  }
  if (load.failure !== null) throw load.failure
}
