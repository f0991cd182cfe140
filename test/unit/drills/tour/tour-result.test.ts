import { expect, test } from 'vitest'
import type { TourFacts } from '../../../../src/drills/tour/tour-result.js'
import { tourResult } from '../../../../src/drills/tour/tour-result.js'
import { recordedTransfers } from '../../../../src/history/recorded-transfers.js'
import type { TransferRunResult } from '../../../../src/load/live/run-transfers.js'
import type { HistoryEvent } from '../../../../src/model/history-event.js'

const nothing: TourFacts = {
  runClock: {
    startedAtWallMs: Date.UTC(2026, 0, 1),
    originMs: 0,
    nowMs: () => 5000,
    ofIso: (at) => Date.parse(at) - Date.UTC(2026, 0, 1),
  },
  corelab: '0.1.0',
  command: 'corelab demo',
  projectDir: '/bank',
  env: 'default',
  profile: 'tiny',
  seed: 1,
  users: 1000,
  host: {
    cpuModel: 'x86',
    cores: 2,
    memoryBytes: 1,
    kernel: '6',
    node: '20',
    mariadb: 'not known',
    redis: 'not known',
    rabbitmq: 'not known',
  },
  cancelled: true,
  steps: [],
  population: null,
  transfers: null,
  kill: null,
  gap: null,
  firstRoles: null,
  keeperEvents: [],
  checks: [],
  figures: [],
}

const run: TransferRunResult = {
  keyPrefix: 't-',
  ok: 4,
  failed: 1,
  unknown: 1,
  abandoned: 0,
  connections: 2,
  fromMs: 1000,
  durationMs: 2000,
  okPerSecond: 2,
  errors: {},
  latency: null,
  pointIntervalMs: 200,
  points: [],
  pointsDropped: 0,
  aborted: true,
}

test('a tour that was stopped before anything happened has a whole result that claims nothing', () => {
  const result = tourResult(nothing)

  expect(result).toMatchObject({
    schema: 'corelab/demo@1',
    verdict: 'unknown',
    verdictReason: 'Stopped by you. Nothing was checked.',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 5000,
    load: null,
    transfers: null,
    failover: null,
    roles: [],
  })
  expect(JSON.parse(JSON.stringify(result))).toEqual(result)
})

test('transfers are counted by key, so that one that was sent again is one', () => {
  const event = (type: HistoryEvent['type'], key: string, process: number): Omit<HistoryEvent, 'index'> => ({
    process,
    type,
    f: 'transfer',
    value: { key, le: 'E01', payer: 1, payee: 2, amount: '1' },
    time: '0',
  })
  const history = [
    event('invoke', 'a', 0),
    event('ok', 'a', 0),
    event('invoke', 'a', 0),
    event('ok', 'a', 0),
    event('invoke', 'b', 0),
    event('fail', 'b', 0),
    event('invoke', 'c', 1),
  ].map((each, index) => ({ ...each, index }))
  const transfers = {
    run,
    recorded: recordedTransfers(history),
    durability: 'fsync',
    resolved: { applied: 1, notApplied: 0 },
  }

  expect(tourResult({ ...nothing, transfers }).transfers).toMatchObject({
    acknowledged: 1,
    failed: 1,
    unknown: 1,
    unknownResolved: { applied: 1, notApplied: 0 },
    clients: 2,
    durability: 'fsync',
  })
})

test('a kill without a failover is told as far as it went', () => {
  const result = tourResult({
    ...nothing,
    kill: { node: 'db-1', epoch: 1, atMs: 2000 },
    firstRoles: { atMs: 100, roles: { 'db-1': 'master' } },
  })

  expect(result.failover).toMatchObject({ killedNode: 'db-1', newMaster: null, epochAfter: null })
  expect(result.roles).toEqual([
    { node: 'db-1', role: 'master', fromMs: 100, toMs: 2000 },
    { node: 'db-1', role: 'down', fromMs: 2000, toMs: 5000 },
  ])
})
