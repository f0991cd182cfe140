import { describe, expect, test } from 'vitest'
import { sessionLines } from '../../../src/cli/render/drills/session.js'
import type { DrillOutcome } from '../../../src/drills/run/drill-options.js'
import type { SessionOutcome } from '../../../src/drills/session/run-session.js'
import { corelabError } from '../../../src/kit/errors.js'
import type { CheckVerdict } from '../../../src/model/demo-result.js'
import type { DrillResult } from '../../../src/model/drill-result.js'
import { drillSample } from '../report/drill-sample.js'
import { plainScreen, widest } from './screens.js'

const place = { cwd: '/home/qa/bank', env: 'drill' }
const reportDir = '/home/qa/bank/.corelab/drill-reports/2026-11-22T20-03-51Z-kill-master'
const outcomeOf = (change: Partial<DrillResult>, kept = false): DrillOutcome => ({
  result: drillSample(change),
  reportDir,
  kept,
})
const session = (...drills: DrillOutcome[]): SessionOutcome => ({ verdict: 'pass', drills, reportDir })
const check = (name: string, valid: CheckVerdict['valid']): CheckVerdict => ({
  name,
  valid,
  summary: 'a long sentence with numbers that goes on and on, so that it has to be cut somewhere at the end',
  details: {},
})

describe('one drill', () => {
  test('reads from the verdict over the evidence to what to do next', () => {
    expect(sessionLines(session(outcomeOf({})), place, plainScreen)).toEqual([
      'PASS  D01 kill-master   (seed 7, 20 s)',
      '  db-2 took over from db-1. 0 of 2,063 acknowledged writes are missing.',
      '',
      '  ✔ acknowledged appends: all 1,622 are on 4 nodes',
      '',
      '  Writes   2,063 acknowledged, 0 lost, 0 doubled, 7 unknown (resolved)',
      '  Gap      195 ms without an OK at most, 1 change of the master',
      '  Chain    detect 66 ms, seal 75 ms, open 177 ms, publish 194 ms, first OK 194',
      '           ms',
      '',
      '  Report   .corelab/drill-reports/2026-11-22T20-03-51Z-kill-master/report.html',
      '  Again    corelab drills run kill-master --seed 7',
    ])
  })

  test('fits a screen of 80x24 however much was checked; what is wrong comes first', () => {
    const checks = [
      ...Array.from({ length: 20 }, (_, index) => check(`check ${index}`, true)),
      check('bad', false),
    ]

    const lines = sessionLines(session(outcomeOf({ checks, verdict: 'fail' })), place, plainScreen)

    expect(lines.length).toBeLessThanOrEqual(23)
    expect(widest(lines)).toBeLessThanOrEqual(80)
    expect(lines.find((line) => line.includes('check 0') || line.includes('bad'))).toContain('bad')
    expect(lines.join('\n')).toMatch(/and \d+ more that are in the report/)
  })

  test('a step that failed is shown with what went wrong', () => {
    const error = corelabError('DRILL_AWAITED_IN_VAIN', { message: 'nobody took over' }).shape
    const step = {
      title: 'Wait',
      state: 'failed',
      startedAtMs: 0,
      durationMs: 1,
      summary: null,
      error,
    } as const

    const lines = sessionLines(session(outcomeOf({ steps: [step], verdict: 'fail' })), place, plainScreen)

    expect(lines).toContain('  ✖ Wait: nobody took over')
  })

  test('that was kept says how to look at it and how to get rid of it', () => {
    const text = sessionLines(session(outcomeOf({}, true)), place, plainScreen).join('\n')

    expect(text).toContain('corelab status -e drill')
    expect(text).toContain('corelab down -e drill --volumes')
  })
})

describe('several drills', () => {
  test('have a line each, more where something is wrong, and a count', () => {
    const lines = sessionLines(
      session(
        outcomeOf({}),
        outcomeOf({ id: 'D02', name: 'freeze-master', verdict: 'fail', verdictReason: 'it broke' }),
        outcomeOf({ id: 'D06', name: 'monitor-blind', verdict: 'unknown', verdictReason: 'nothing was hit' }),
      ),
      place,
      plainScreen,
    )

    expect(lines[0]).toMatch(/^PASS {4}D01 kill-master .*195 ms without an OK/)
    expect(lines).toContain('  it broke')
    expect(lines).toContain('  1 passed, 1 failed, 1 unknown')
    expect(widest(lines)).toBeLessThanOrEqual(80)
  })
})
