import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { BenchCore } from '../bench/bench-core.js'
import type { LoadRecord } from '../engine/load-record.js'

/** What clients saw of rows: that each was there, and that those of the population that were looked at are the right ones. */
export function readChecks(core: BenchCore, record: LoadRecord): readonly BenchCheck[] {
  return core.environment === null ? [oneRowCheck(record)] : [oneRowCheck(record), rightRowCheck(record)]
}

function rightRowCheck(record: LoadRecord): BenchCheck {
  const wrong = errorsOf(record, 'WRONG_ROW')
  const { rowsVerified = 0 } = record.counted
  return {
    name: 'rows that were decoded are the ones asked for',
    valid: wrong === 0 && rowsVerified > 0,
    summary: `${formatCount(rowsVerified)} looked at, ${formatCount(wrong)} wrong`,
  }
}

function errorsOf({ classes }: LoadRecord, error: string): number {
  return classes.reduce((sum, { errors }) => sum + (errors[error] ?? 0), 0)
}

/** Every key that is asked for exists: an answer without exactly one row is a wrong answer. */
export function oneRowCheck(record: LoadRecord): BenchCheck {
  const wrong = errorsOf(record, 'NOT_ONE_ROW')
  return {
    name: 'every statement found its row',
    valid: wrong === 0,
    summary:
      wrong === 0
        ? `${formatCount(record.total.ok)} answers with exactly one row`
        : `${formatCount(wrong)} answers without exactly one row`,
  }
}
