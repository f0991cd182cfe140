import { formatCount, formatDuration } from '../kit/units.js'
import type { ProgressView, StepView } from './event-model.js'

/** What a running step is doing at this moment, as one phrase; null when it has said nothing yet. */
export function activityOf(step: StepView, nowMs: number): string | null {
  if (step.waiting !== null) {
    const { waitingFor, sinceMs, limitMs } = step.waiting
    return `waiting for ${waitingFor}, ${wholeSeconds(nowMs - sinceMs)} of ${wholeSeconds(limitMs)}`
  }
  return step.progress === null ? null : progressText(step.progress)
}

/** `52 %, 1,230,000 of 2,400,000 rows, 285,000/s, 4 s left` */
export function progressText(progress: ProgressView): string {
  const share = shareOf(progress)
  return [
    share === null ? null : `${Math.floor(share * 100)} %`,
    amountOf(progress),
    progress.perSecond === null ? null : `${formatCount(progress.perSecond)}/s`,
    progress.etaMs === null ? null : `${wholeSeconds(progress.etaMs)} left`,
    progress.note,
  ]
    .filter((part) => part !== null)
    .join(', ')
}

/** The finished share (0..1) of a step with a known end; null otherwise. */
export function shareOf(progress: ProgressView): number | null {
  if (progress.total === null || progress.total <= 0) return null
  return Math.min(1, Math.max(0, progress.done / progress.total))
}

/** Two minutes are still better read as 120 s beside a figure that counts up to it. */
const secondsUpTo = 121

/** Durations that change while one looks are whole seconds: tenths only flicker. */
export function wholeSeconds(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000))
  return seconds < secondsUpTo ? `${seconds} s` : formatDuration(seconds * 1000)
}

function amountOf({ done, total, unit }: ProgressView): string {
  const amount = total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`
  return unit === '' ? amount : `${amount} ${unit}`
}
