import type { Context } from '../../kit/context.js'
import { formatBytes } from '../../kit/units.js'

const progressIntervalMs = 250
const mib = 1024 * 1024

/** Tells how many of `total` bytes are done, a few times per second. */
export function byteProgress(step: string, total: number, { clock, emit }: Context): (bytes: number) => void {
  const startedMs = clock.monotonicMs()
  let done = 0
  let shownMs = startedMs
  return (bytes) => {
    done += bytes
    const nowMs = clock.monotonicMs()
    if (nowMs - shownMs < progressIntervalMs && done < total) return
    shownMs = nowMs
    const perMs = done / Math.max(1, nowMs - startedMs)
    emit({
      kind: 'step.progress',
      step,
      done: Math.round(done / mib),
      total: Math.round(total / mib),
      unit: 'MiB',
      perSecond: (perMs * 1000) / mib,
      etaMs: (total - done) / perMs,
      note: `${formatBytes(perMs * 1000)}/s`,
    })
  }
}
