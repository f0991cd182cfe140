import { expect, test } from 'vitest'
import { renderJunit } from '../../../src/report/drill/junit.js'
import { drillSample } from './drill-sample.js'

const violated = { name: 'convergence', valid: false, summary: 'tables differ <1>', details: {} } as const
const open = { name: 'extras', valid: 'unknown', summary: 'not read', details: {} } as const

test('a passed drill is a suite with a case for its verdict and one per check', () => {
  const xml = renderJunit([drillSample()])

  expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="corelab drills">/)
  expect(xml).toContain('<testsuite name="D01 kill-master"')
  expect(xml).toContain('tests="2" failures="0" errors="0"')
  expect(xml).toContain('<testcase classname="D01 kill-master" name="acknowledged appends">')
  expect(xml).toContain('<property name="command" value="corelab drills run kill-master --seed 7"/>')
})

test('what is violated is a failure, what could not be decided an error, and neither is lost in the count', () => {
  const xml = renderJunit([
    drillSample({ verdict: 'fail', verdictReason: 'it broke', checks: [violated, open] }),
  ])

  expect(xml).toContain('tests="3" failures="2" errors="1"')
  expect(xml).toContain('<failure message="it broke"/>')
  expect(xml).toContain('<failure message="tables differ &lt;1&gt;"/>')
  expect(xml).toContain('<error message="not read"/>')
})

test('the checks of a negative control find something by design, so only its verdict counts', () => {
  const xml = renderJunit([drillSample({ kind: 'negative-control', checks: [violated] })])

  expect(xml).toContain('tests="1" failures="0" errors="0"')
})

test('characters that XML does not know are left out', () => {
  const xml = renderJunit([drillSample({ verdictReason: 'a\u0000b\u001b[31mc' })])

  expect(xml).toContain('a b [31mc')
})
