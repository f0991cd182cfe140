import type { StepHistory } from '../../../cluster/history-fold.js'
import { formatDuration } from '../../../kit/units.js'
import { indented, wrapText } from '../layout.js'

/** `seal 4 ms, halt 12 ms, attach 30 ms (2 attempts)`, indented and wrapped. */
export function stepsText(steps: readonly StepHistory[], width: number): string[] {
  if (steps.length === 0) return []
  return indented(wrapText(steps.map(stepText).join(', '), width - 2), 2)
}

function stepText({ name, attempts, durationMs, outcome }: StepHistory): string {
  const remarks = [
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(outcome === 'done' ? [] : [outcome === 'failed' ? 'failed' : 'not ended']),
  ]
  const took = outcome === 'open' && attempts === 1 ? '' : ` ${formatDuration(durationMs)}`
  return `${name}${took}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`
}
