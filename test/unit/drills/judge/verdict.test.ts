import { describe, expect, test } from 'vitest'
import type { VerdictFacts } from '../../../../src/drills/judge/verdict.js'
import { drillVerdict } from '../../../../src/drills/judge/verdict.js'
import type { ErrorCode } from '../../../../src/kit/error-catalogue.js'
import { corelabError } from '../../../../src/kit/errors.js'
import type { CheckVerdict } from '../../../../src/model/demo-result.js'
import type { DrillStepResult, WriteLedger } from '../../../../src/model/drill-result.js'

const check = (valid: CheckVerdict['valid'], name = 'acknowledged writes'): CheckVerdict => ({
  name,
  valid,
  summary: `${name} in numbers`,
  details: {},
})
const failedStep = (code: ErrorCode): DrillStepResult => ({
  title: 'Wait',
  state: 'failed',
  startedAtMs: 0,
  durationMs: 1,
  summary: null,
  error: corelabError(code, { message: 'it did not come' }).shape,
})
const ledger: WriteLedger = {
  acknowledged: 12_345,
  failed: 3,
  lost: 0,
  duplicated: 0,
  unknown: { foundApplied: 2, appliedThen: 1, appliedAtEnd: 0, absentAtEnd: 4 },
}
const drill = { kind: 'drill', expects: { epochChanges: [0, 1], writeGap: null } } as const
const good: VerdictFacts = {
  drill,
  steps: [],
  checks: [check(true)],
  changes: [],
  ledger,
  longestGapMs: 240,
  cancelled: false,
}

describe('a drill', () => {
  test('passes when every check holds, and says it with its numbers', () => {
    const { verdict, verdictReason } = drillVerdict(good)

    expect(verdict).toBe('pass')
    expect(verdictReason).toContain('0 of 12,345 acknowledged writes are missing')
    expect(verdictReason).toContain('7 unknown outcomes were resolved')
  })

  test.each<[string, Partial<VerdictFacts>, 'fail' | 'unknown']>([
    ['a violated check', { checks: [check(true), check(false, 'convergence')] }, 'fail'],
    ['a violated check although it was stopped', { checks: [check(false)], cancelled: true }, 'fail'],
    ['what was waited for did not come', { steps: [failedStep('DRILL_AWAITED_IN_VAIN')] }, 'fail'],
    ['a spot check found a loss', { steps: [failedStep('VERIFY_FAILED')] }, 'fail'],
    ['the fault could not be made', { steps: [failedStep('FAULT_WITHOUT_EFFECT')] }, 'unknown'],
    ['this host lacks something', { steps: [failedStep('DRILL_NEED_UNMET')] }, 'unknown'],
    ['a check that could not decide', { checks: [check(true), check('unknown')] }, 'unknown'],
    ['nothing was checked', { checks: [], ledger: null }, 'unknown'],
    ['it was stopped', { cancelled: true }, 'unknown'],
  ])('%s', (_why, change, verdict) => {
    expect(drillVerdict({ ...good, ...change }).verdict).toBe(verdict)
  })

  test('that was stopped says what it had seen until then', () => {
    expect(drillVerdict({ ...good, cancelled: true }).verdictReason).toBe(
      'Stopped by you before the end. Until then 0 of 12,345 acknowledged writes were missing.',
    )
  })
})

describe('a negative control', () => {
  const control = (loss: 'acknowledged-writes' | 'seen-row' | 'two-writers', change: Partial<VerdictFacts>) =>
    drillVerdict({
      ...good,
      drill: { kind: 'negative-control', expects: { ...drill.expects, loss } },
      checks: [check(true, 'the faults took effect')],
      ...change,
    }).verdict

  test('passes when acknowledged writes are found missing, and fails when none is', () => {
    expect(control('acknowledged-writes', { ledger: { ...ledger, lost: 12 }, checks: [check(false)] })).toBe(
      'pass',
    )
    expect(control('acknowledged-writes', {})).toBe('fail')
  })

  test('passes when a row was seen and is gone, and not for one half of that', () => {
    const seen = check(true, 'a client saw the row')
    expect(control('seen-row', { checks: [seen, check(true, 'the row is gone')] })).toBe('pass')
    expect(control('seen-row', { checks: [seen, check(false, 'the row is gone')] })).toBe('fail')
    expect(control('seen-row', { checks: [seen] })).toBe('fail')
  })

  test('passes when two writers were seen', () => {
    expect(control('two-writers', { checks: [check(false, 'epochs never go back')] })).toBe('pass')
    expect(control('two-writers', { checks: [check(true, 'epochs never go back')] })).toBe('fail')
  })

  test('whose fault had no effect shows nothing, whatever was found', () => {
    const idle = check('unknown', 'the faults took effect')
    expect(control('acknowledged-writes', { ledger: { ...ledger, lost: 12 }, checks: [idle] })).toBe(
      'unknown',
    )
  })
})
