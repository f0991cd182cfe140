import { expect, test } from 'vitest'
import { parseHostTimes } from '../../../../src/load/attribution/host-times.js'
import { type HostSlice, noiseVerdict } from '../../../../src/load/attribution/noise.js'

const quiet: HostSlice = { spinMs: 0.2, stolenShare: 0, othersShare: 0.01 }
const slices = (...odd: readonly Partial<HostSlice>[]): HostSlice[] => [
  ...Array.from({ length: 20 - odd.length }, () => quiet),
  ...odd.map((each) => ({ ...quiet, ...each })),
]

test('a quiet host is called so, and one slow second does not change that', () => {
  expect(noiseVerdict(slices())).toEqual({ slices: 20, noisy: 0, verdict: 'quiet' })
  expect(noiseVerdict(slices({ spinMs: 0.4 }))).toEqual({ slices: 20, noisy: 1, verdict: 'quiet' })
})

test.each([
  ['a core that runs slower', { spinMs: 0.3 }],
  ['stolen time', { stolenShare: 0.05 }],
  ['other programs', { othersShare: 0.3 }],
])('%s in several seconds makes a run noisy', (_, odd) => {
  expect(noiseVerdict(slices(odd, odd, odd))).toEqual({ slices: 20, noisy: 3, verdict: 'noisy' })
})

test('without a kernel, stolen time and others still count; without a slice nothing is claimed', () => {
  const without = slices({ stolenShare: 0.5 }, { stolenShare: 0.5 }, { stolenShare: 0.5 })
  expect(noiseVerdict(without.map((slice) => ({ ...slice, spinMs: null })))?.verdict).toBe('noisy')
  expect(noiseVerdict([])).toBeNull()
})

test('idle and waiting are not busy, stolen time is told apart', () => {
  expect(parseHostTimes('cpu  100 10 50 800 30 5 5 20 7 0\ncpu0 1 1 1\n')).toEqual({
    busyMs: 1700,
    stolenMs: 200,
    totalMs: 10_200,
  })
})
