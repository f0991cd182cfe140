import { describe, expect, test } from 'vitest'
import { masterChanges } from '../../../../src/drills/evidence/master-changes.js'
import { isoTime } from '../../../../src/kit/clock.js'
import type { CorelabEvent, EventBody } from '../../../../src/kit/events.js'

/** Wall and run clock both begin at 0; the recorder's clock is 100 s ahead. */
const runClock = { ofIso: (at: string) => Date.parse(at), originMs: 100_000 }

const event = (atMs: number, body: EventBody): CorelabEvent => ({ at: isoTime(atMs), seq: atMs, ...body })
const topology = (atMs: number, epoch: number, master: string | null, reason = 'db-1 is gone') =>
  event(atMs, { kind: 'topology', epoch, master, roles: {}, reason })
const done = (atMs: number, step: string) => event(atMs, { kind: 'step.done', step, durationMs: 5 })

const epochs = {
  epochs: [
    { epoch: 1, servers: [1], acknowledged: 5, firstOkAtMs: 100_010, lastOkAtMs: 101_000 },
    { epoch: 2, servers: [12], acknowledged: 5, firstOkAtMs: 101_300, lastOkAtMs: 105_000 },
  ],
  answers: 10,
  staleCount: 0,
  stale: [],
}
const faults = [{ title: 'db-1 killed', fromMs: 1000, toMs: 1300, bit: true, evidence: '' }]
const first = { epoch: 1, master: 'db-1' }

describe('a change of the master', () => {
  const events = [
    topology(1060, 1, null),
    done(1070, 'failover.seal'),
    done(1100, 'failover.drain'),
    done(1200, 'failover.open'),
    topology(1210, 2, 'db-2'),
    done(1250, 'failover.repoint'),
    topology(3000, 2, 'db-2', 'db-1 serves again'),
  ]

  test('is put together from the fault, the record of the keeper and what clients saw', () => {
    const changes = masterChanges({ events, epochs, faults, first, runClock })

    expect(changes).toEqual([
      {
        kind: 'failover',
        fromEpoch: 1,
        toEpoch: 2,
        oldMaster: 'db-1',
        newMaster: 'db-2',
        reason: 'db-1 is gone',
        faultAtMs: 1000,
        detectedAtMs: 1060,
        steps: [
          { name: 'seal', endedAtMs: 1070, durationMs: 5 },
          { name: 'drain', endedAtMs: 1100, durationMs: 5 },
          { name: 'open', endedAtMs: 1200, durationMs: 5 },
          { name: 'repoint', endedAtMs: 1250, durationMs: 5 },
        ],
        publishedAtMs: 1210,
        lastOkAtMs: 1000,
        firstOkAtMs: 1300,
        gapMs: 300,
      },
    ])
  })

  test('a publication of the same epoch is none', () => {
    const later = { epoch: 2, master: 'db-2' }

    expect(masterChanges({ events: events.slice(-1), epochs, faults, first: later, runClock })).toEqual([])
  })

  test('its gap is not known when nobody got an OK of the new epoch', () => {
    const seen = { ...epochs, epochs: epochs.epochs.slice(0, 1) }

    const [change] = masterChanges({ events, epochs: seen, faults, first, runClock })

    expect(change).toMatchObject({ firstOkAtMs: null, gapMs: null })
  })
})

test('each of several changes has the steps of its own time, and its own fault', () => {
  const events = [
    topology(1060, 1, null),
    done(1070, 'failover.seal'),
    topology(1210, 2, 'db-2'),
    topology(2060, 2, null),
    done(2070, 'failover.seal'),
    topology(2210, 4, 'db-3'),
  ]
  const two = [...faults, { title: 'db-2 killed', fromMs: 2000, toMs: null, bit: true, evidence: '' }]

  const changes = masterChanges({ events, epochs, faults: two, first, runClock })

  expect(
    changes.map(({ fromEpoch, toEpoch, faultAtMs, steps }) => [fromEpoch, toEpoch, faultAtMs, steps.length]),
  ).toEqual([
    [1, 2, 1000, 1],
    [2, 4, 2000, 1],
  ])
})

test('a planned switchover has no fault before it', () => {
  const events = [topology(1060, 1, null), done(1070, 'switchover.quiesce'), topology(1210, 2, 'db-2')]

  const [change] = masterChanges({ events, epochs, faults, first, runClock })

  expect(change).toMatchObject({ kind: 'switchover', faultAtMs: null, steps: [{ name: 'quiesce' }] })
})
