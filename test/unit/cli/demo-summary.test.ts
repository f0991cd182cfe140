import { expect, test } from 'vitest'
import { demoSummaryLines } from '../../../src/cli/render/demo-summary.js'
import { plainScreen, widest } from './screens.js'
import { tourResult } from './tour-sample.js'

const place = { cwd: '/home/dev/clone', projectDir: '/home/dev/clone/corelab-demo' }
const inClone = { ...plainScreen, program: 'node bin/run.js' }

test('the whole tour fits one screen of 80x24, prompt included', () => {
  const lines = demoSummaryLines(tourResult, place, inClone)

  expect(lines.length).toBeLessThanOrEqual(23)
  expect(widest(lines)).toBeLessThanOrEqual(80)
})

test('it reads from the verdict over the evidence to what to do next', () => {
  expect(demoSummaryLines(tourResult, place, inClone)).toEqual([
    'PASS  Tour of the core   (profile small, seed 42, 2 m 14 s)',
    '  db-1 was killed under load and db-2 took over after 1.93 s without writes. All',
    '  4 checks hold: 48,210 acknowledged transfers, none lost.',
    '',
    '  \u2714 acknowledged writes: all 48,210 acknowledged transfers are on 3 nodes; of 16',
    '    with unknown outcome 9 were applied and 7 were not',
    '  \u2714 money conserved: 81 legal entities, the sum is what it was',
    '  \u2714 balances: 200,000 accounts equal the sum of their entries',
    '  \u2714 replicas: 3 of 3 nodes hold the same rows as the master',
    '',
    '  Failover   db-1 killed, noticed 310 ms, db-2 master 890 ms, writes back 1.93 s',
    '  Loaded     100,000 customers, 2,400,000 rows in 8.4 s (285,714 rows/s)',
    '  Transfers  48,210 acknowledged, 12 refused, 16 unknown (16 resolved)',
    '  Reads      24,310 QPS   p99 3.10 ms, 32 connections, closed loop',
    '  Writes     4,120 QPS   p99 18.2 ms, 32 connections, closed loop',
    '',
    '  Report',
    '  corelab-demo/.corelab/default/reports/demo/2026-11-22T10-00-00Z/report.html',
    '  Look       node bin/run.js status -C corelab-demo',
    '             node bin/run.js connect master -C corelab-demo',
    '  Stop       node bin/run.js down --volumes -C corelab-demo',
  ])
})

test('where room is short a check keeps its line, and is cut there', () => {
  const long = 'a reason that takes more than one line of eighty columns. '.repeat(6)

  const lines = demoSummaryLines({ ...tourResult, verdictReason: long }, place, inClone)

  const checks = lines.filter((line) => line.startsWith('  \u2714'))
  expect(checks).toHaveLength(4)
  expect(checks[0]).toMatch(/\.\.\.$/)
  expect(lines.length).toBeLessThanOrEqual(23)
  expect(widest(lines)).toBeLessThanOrEqual(80)
})

test('what failed and what was not measured is said, not hidden', () => {
  const lines = demoSummaryLines(
    {
      ...tourResult,
      verdict: 'unknown',
      running: false,
      reportDir: null,
      verdictReason: 'The step "Load" failed: no space.',
      checks: [{ name: 'balances', valid: 'unknown', summary: 'nothing was recorded', details: {} }],
      load: null,
      transfers: null,
      failover: null,
      figures: [],
      steps: [
        {
          id: 'population',
          title: 'Load customers',
          state: 'failed',
          startedAtMs: 0,
          durationMs: 1,
          summary: null,
          error: {
            code: 'LOAD_FAILED',
            message: 'no space left on device',
            detail: null,
            fix: [],
            docs: '',
            retryable: true,
          },
        },
      ],
    },
    place,
    plainScreen,
  )

  expect(lines[0]).toMatch(/^UNKNOWN/)
  expect(lines).toContain('  ? balances: nothing was recorded')
  expect(lines).toContain('  \u2716 Load customers: no space left on device')
  expect(lines).toContain('  Failover   not measured')
  expect(lines).toContain('  Report     could not be written')
  expect(lines.at(-1)).toContain('corelab up')
})

test('inside the project the commands need no folder, and another environment is named', () => {
  const lines = demoSummaryLines(
    { ...tourResult, env: 'demo' },
    { cwd: place.projectDir, projectDir: place.projectDir },
    plainScreen,
  )

  expect(lines).toContain('  Look       corelab status -e demo')
})

test('customers that a second tour found there already are not shown as loaded at no rate', () => {
  const found = { ...tourResult, load: tourResult.load && { ...tourResult.load, rows: 0, rowsPerSecond: 0 } }

  expect(demoSummaryLines(found, place, inClone)).toContain('  Loaded     100,000 customers, there already')
})
