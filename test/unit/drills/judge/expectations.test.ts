import { expect, test } from 'vitest'
import type { ExpectationFacts } from '../../../../src/drills/judge/expectations.js'
import { checkExpectations } from '../../../../src/drills/judge/expectations.js'
import type { FaultWindow, MasterChange } from '../../../../src/model/drill-result.js'

const fault = (bit: boolean | null): FaultWindow => ({
  title: 'db-1 killed',
  fromMs: 0,
  toMs: 1,
  bit,
  evidence: '12 bytes were hit',
})
const change: MasterChange = {
  kind: 'failover',
  fromEpoch: 1,
  toEpoch: 2,
  oldMaster: 'db-1',
  newMaster: 'db-2',
  reason: '',
  faultAtMs: 0,
  detectedAtMs: 1,
  steps: [],
  publishedAtMs: 2,
  lastOkAtMs: 0,
  firstOkAtMs: 3,
  gapMs: 3,
}
const good: ExpectationFacts = {
  expects: {
    epochChanges: [1, 1],
    writeGap: { aimMs: 1000, limitMs: 5000 },
    noErrors: true,
    unknownOutcomes: true,
  },
  rounds: 1,
  faults: [fault(true)],
  changes: [change],
  longestGapMs: 300,
  calls: { ok: 10, failed: 0, unknown: 0 },
  unknownMet: 4,
  whole: { serving: true, text: 'all four nodes serve' },
}
const names = [
  'the faults took effect',
  'changes of the master',
  'time without an OK',
  'no client met an error',
  'clients met unknown outcomes',
  'all nodes serve again',
]

function verdicts(facts: Partial<ExpectationFacts>) {
  return Object.fromEntries(checkExpectations({ ...good, ...facts }).map(({ name, valid }) => [name, valid]))
}

test('what was expected and seen holds, each by its name', () => {
  expect(verdicts({})).toEqual(Object.fromEntries(names.map((name) => [name, true])))
})

test.each<[string, Partial<ExpectationFacts>, string, boolean | 'unknown']>([
  ['a fault that hit nobody', { faults: [fault(true), fault(false)] }, 'the faults took effect', 'unknown'],
  ['a fault that never ended', { faults: [fault(null)] }, 'the faults took effect', 'unknown'],
  [
    'a failover that should not be',
    { expects: { ...good.expects, epochChanges: [0, 0] } },
    'changes of the master',
    false,
  ],
  ['a failover that did not come', { changes: [] }, 'changes of the master', false],
  ['one failover in two rounds', { rounds: 2 }, 'changes of the master', false],
  ['too long without an OK', { longestGapMs: 6000 }, 'time without an OK', false],
  ['longer than the aim, but within the limit', { longestGapMs: 2000 }, 'time without an OK', true],
  ['no OK on one side of the fault', { longestGapMs: null }, 'time without an OK', 'unknown'],
  ['an error', { calls: { ok: 10, failed: 1, unknown: 0 } }, 'no client met an error', false],
  [
    'no unknown outcome where there had to be one',
    { unknownMet: 0 },
    'clients met unknown outcomes',
    'unknown',
  ],
  ['a node that stays away', { whole: { serving: false, text: '' } }, 'all nodes serve again', false],
])('%s', (_what, facts, name, valid) => {
  expect(verdicts(facts)[name]).toBe(valid)
})

test('the aim is told, met or missed', () => {
  const summaryOf = (longestGapMs: number) =>
    checkExpectations({ ...good, longestGapMs }).find(({ name }) => name === 'time without an OK')?.summary

  expect(summaryOf(300)).toContain('the aim of 1.0 s was met')
  expect(summaryOf(2000)).toContain('the aim of 1.0 s was missed')
})
