import { BugError } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import type { CheckVerdict } from '../../model/demo-result.js'

export interface CheckOutcome {
  readonly checks: readonly CheckVerdict[]
  readonly resolved: { readonly applied: number; readonly notApplied: number }
}

export async function checkHistory(_options: unknown, _context: Context): Promise<CheckOutcome> {
  throw new BugError('not built yet')
}
