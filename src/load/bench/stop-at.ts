import type { Clock } from '../../kit/clock.js'
import type { LoadRun } from '../engine/run-load.js'

const lookMs = 50

/**
 * Ends a run in order shortly before it has done `operationsMax`, until `over` aborts: so the limit that the clients keep by
 * themselves is seldom met.
 */
export async function stopAt(
  run: Pick<LoadRun, 'counters' | 'stop'>,
  operationsMax: number,
  { clock, over }: { readonly clock: Clock; readonly over: AbortSignal },
): Promise<void> {
  let before = 0
  while (!over.aborted) {
    await clock.sleep(lookMs, over).catch(() => undefined)
    const { ok, failed, unknown } = run.counters()
    const done = ok + failed + unknown
    // As many again may be done until the next look, and a little more.
    if (done + 2 * (done - before) >= operationsMax) return run.stop()
    before = done
  }
}
