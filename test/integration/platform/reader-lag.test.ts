import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/kit/clock.js'
import { followReaderLag } from '../../../src/platform/reader-lag.js'
import { createBankTables, endpointsOf } from '../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'
import { topologyOf } from '../../support/topologies.js'

let master: TestMariadb
let reader: TestMariadb

beforeAll(async () => {
  ;[master, reader] = await Promise.all([startMariadb(), startMariadb()])
  for (const [server, beatenAt] of [
    [master, '2026-01-01 00:00:08.500'],
    [reader, '2026-01-01 00:00:00.250'],
  ] as const) {
    const admin = await server.connect()
    await createBankTables(admin)
    await admin.execute('REPLACE INTO corelab.heartbeat (id, epoch, beat, beaten_at) VALUES (1, 1, 1, ?)', [
      beatenAt,
    ])
    await admin.close()
  }
})

afterAll(() => Promise.all([master?.stop(), reader?.stop()]))

/** One round of measuring, on a clock that stands still but for what a test adds. */
async function measure(rounds: readonly number[]): Promise<Record<string, number | null>[]> {
  const endpoint = endpointsOf({ 'db-1': master, 'db-2': reader })
  const stop = new AbortController()
  const measured: Record<string, number | null>[] = []
  let lags: Record<string, number | null> = {}
  let nowMs = 0
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => nowMs,
    async sleep() {
      measured.push(lags)
      lags = {}
      const waitedMs = rounds[measured.length - 1]
      if (waitedMs === undefined) stop.abort()
      nowMs += waitedMs ?? 0
    },
  }
  await followReaderLag(
    {
      topology: () => topologyOf({ epoch: 1, down: [4], endpoint }),
      account: { user: 'tester', password: master.password },
      report: (node, lagMs) => {
        lags[node] = lagMs
      },
      clock,
    },
    stop.signal,
  )
  return measured
}

test('a reader is as far behind as its heartbeat is older than the newest one; who does not answer is not known', async () => {
  expect(await measure([])).toEqual([{ 'db-1': 0, 'db-2': 8250, 'db-3': null }])
})

test('without a new heartbeat everybody falls behind, and is not known any more when the keeper is silent', async () => {
  expect(await measure([500, 1500, 1])).toEqual([
    { 'db-1': 0, 'db-2': 8250, 'db-3': null },
    { 'db-1': 500, 'db-2': 8750, 'db-3': null },
    { 'db-1': 2000, 'db-2': 10_250, 'db-3': null },
    { 'db-1': null, 'db-2': null, 'db-3': null },
  ])
})
