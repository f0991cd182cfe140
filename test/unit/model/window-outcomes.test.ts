import { expect, test } from 'vitest'
import type { ClassRecord } from '../../../src/model/bench-result.js'
import { windowErrors, windowOutcomes } from '../../../src/model/window-outcomes.js'

const latency = { count: 0, sumUs: 0, maxUs: 0, buckets: [] }
const classes: readonly ClassRecord[] = [
  { name: 'read', ok: 10, failed: 1, unknown: 0, latency, errors: {} },
  { name: 'update', ok: 5, failed: 2, unknown: 4, latency, errors: {} },
]

test('what ended in the window is the sum of the classes; errors are what did not end OK', () => {
  expect(windowOutcomes({ classes })).toEqual({ ok: 15, failed: 3, unknown: 4 })
  expect(windowErrors({ classes })).toBe(7)
  expect(windowOutcomes({ classes: [] })).toEqual({ ok: 0, failed: 0, unknown: 0 })
})
