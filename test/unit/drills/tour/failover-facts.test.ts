import { describe, expect, test } from 'vitest'
import { failoverFacts } from '../../../../src/drills/tour/failover-facts.js'
import type { CorelabEvent, EventBody } from '../../../../src/kit/events.js'

const startMs = Date.parse('2026-01-01T00:00:00.000Z')
const runClock = { ofIso: (at: string) => Date.parse(at) - startMs }
let seq = 0
const at = (ms: number, body: EventBody): CorelabEvent => ({
  at: new Date(startMs + ms).toISOString(),
  seq: ++seq,
  ...body,
})
const topology = (epoch: number, master: string | null): EventBody => ({
  kind: 'topology',
  epoch,
  master,
  roles: {},
  reason: `epoch ${epoch}`,
})
const kill = { node: 'db-1', epoch: 3, atMs: 1000.4 }

describe('a whole failover', () => {
  const facts = failoverFacts({
    kill,
    events: [
      at(400, topology(3, 'db-1')),
      at(1050, topology(3, null)),
      at(1600, { kind: 'step.done', step: 'failover.drain', durationMs: 500 }),
      at(1900, { kind: 'step.done', step: 'failover.open', durationMs: 200 }),
      at(1910, topology(4, 'db-2')),
      at(2500, topology(4, 'db-2')),
    ],
    gap: { lastOkAtMs: 999, firstOkAtMs: 2100 },
    runClock,
  })

  test('is told from the kill on, by the keeper and by the clients', () => {
    expect(facts.detectedAfterMs).toBeCloseTo(49.6)
    expect(facts.promotedAfterMs).toBeCloseTo(899.6)
    expect(facts.publishedAfterMs).toBeCloseTo(909.6)
    expect(facts.writeGapMs).toBe(1101)
    expect([facts.epochBefore, facts.epochAfter, facts.newMaster]).toEqual([3, 4, 'db-2'])
  })

  test('shows no publication from before the kill', () => {
    expect(facts.publications.map((each) => each.atMs)).toEqual([1050, 1910, 2500])
  })
})

test('a keeper record of the same millisecond as the kill belongs to it', () => {
  const { detectedAfterMs } = failoverFacts({
    kill,
    events: [at(1000, topology(3, null))],
    gap: null,
    runClock,
  })

  expect(detectedAfterMs).toBe(0)
})

test('without a new master nothing is made up', () => {
  const facts = failoverFacts({
    kill,
    events: [at(1050, topology(3, null))],
    gap: { lastOkAtMs: 999, firstOkAtMs: 1001 },
    runClock,
  })

  expect(facts).toMatchObject({
    newMaster: null,
    epochAfter: null,
    promotedAfterMs: null,
    publishedAfterMs: null,
    firstOkAtMs: null,
    writeGapMs: null,
  })
})
