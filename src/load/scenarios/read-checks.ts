import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { LoadRecord } from '../engine/load-record.js'

/** Every key that is asked for exists: an answer without exactly one row is a wrong answer. */
export function oneRowCheck(record: LoadRecord): BenchCheck {
  const wrong = record.classes.reduce((sum, { errors }) => sum + (errors.NOT_ONE_ROW ?? 0), 0)
  return {
    name: 'every statement found its row',
    valid: wrong === 0,
    summary:
      wrong === 0
        ? `${formatCount(record.total.ok)} answers with exactly one row`
        : `${formatCount(wrong)} answers without exactly one row`,
  }
}
