import { describe, expect, test } from 'vitest'
import { tourVerdict } from '../../../../src/drills/tour/verdict.js'
import { corelabError } from '../../../../src/kit/errors.js'
import type { CheckVerdict, FailoverFacts, TourStep } from '../../../../src/model/demo-result.js'

const check = (valid: CheckVerdict['valid'], name = 'acknowledged writes'): CheckVerdict => ({
  name,
  valid,
  summary: '0 of 10 acknowledged writes are missing',
  details: { acknowledged: 12345, lostOnMaster: 0 },
})
const step = (id: string, state: TourStep['state']): TourStep => ({
  id,
  title: `Do ${id}`,
  state,
  startedAtMs: 0,
  durationMs: 1,
  summary: null,
  error: state === 'failed' ? corelabError('NO_MASTER', { message: 'nobody took over' }).shape : null,
})
const failover: FailoverFacts = {
  killedNode: 'db-1',
  newMaster: 'db-2',
  epochBefore: 1,
  epochAfter: 2,
  killedAtMs: 0,
  detectedAfterMs: 10,
  promotedAfterMs: 900,
  publishedAfterMs: 910,
  lastOkAtMs: 0,
  firstOkAtMs: 1340,
  writeGapMs: 1340,
  publications: [],
}
const good = { steps: [step('failover', 'done')], checks: [check(true)], failover, cancelled: false }

test('every step done and every check valid is a pass, told with its numbers', () => {
  const { verdict, verdictReason } = tourVerdict(good)

  expect(verdict).toBe('pass')
  expect(verdictReason).toBe(
    'db-1 was killed under load and db-2 took over after 1.34 s without writes. 0 of 12,345 acknowledged writes are missing. All 1 checks hold.',
  )
})

describe('fail', () => {
  test('when a check is violated, whatever else happened', () => {
    const facts = { ...good, checks: [check(true), check(false, 'conservation')], cancelled: true }

    expect(tourVerdict(facts)).toMatchObject({ verdict: 'fail' })
    expect(tourVerdict(facts).verdictReason).toContain('conservation')
  })

  test('when the core did not come back after the kill', () => {
    const facts = { ...good, steps: [step('failover', 'failed')] }

    expect(tourVerdict(facts)).toMatchObject({ verdict: 'fail' })
    expect(tourVerdict(facts).verdictReason).toContain('nobody took over')
  })
})

describe('unknown', () => {
  test('when a step failed that proves nothing about the core', () => {
    const facts = { ...good, steps: [step('core', 'failed')], checks: [], failover: null }

    expect(tourVerdict(facts)).toMatchObject({ verdict: 'unknown' })
    expect(tourVerdict(facts).verdictReason).toBe(
      'The step "Do core" failed: nobody took over. Nothing was checked.',
    )
  })

  test('when the master could not even be killed', () => {
    const facts = { ...good, steps: [step('failover', 'failed')], failover: null }

    expect(tourVerdict(facts).verdict).toBe('unknown')
  })

  test('when a check cannot tell', () => {
    expect(tourVerdict({ ...good, checks: [check(true), check('unknown')] }).verdict).toBe('unknown')
  })

  test('when the user stopped it, even if what was checked until then holds', () => {
    expect(tourVerdict({ ...good, cancelled: true })).toEqual({
      verdict: 'unknown',
      verdictReason: 'Stopped by you. 1 of 1 checks hold.',
    })
  })

  test('when nothing was checked', () => {
    expect(tourVerdict({ ...good, checks: [] }).verdict).toBe('unknown')
  })
})
