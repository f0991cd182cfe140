import type { ChangedMaster } from '../../../cluster/change-master.js'
import { formatDuration } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'
import { stepsText } from './steps-text.js'

export function changeAnswer(changed: ChangedMaster): Answer {
  const { env, epoch, master, before, change } = changed
  const closed = change?.closedMs == null ? '' : `, after ${formatDuration(change.closedMs)} without writes`
  return {
    data: { epoch, master, before, change },
    lines: ({ paint, width }) => [
      `${paint.strong(master)} is master of epoch ${epoch}${before === null || before === master ? '' : ` in the place of ${before}`}${closed}`,
      ...(change === null ? [] : stepsText(change.steps, width).map(paint.faint)),
    ],
    env,
  }
}
