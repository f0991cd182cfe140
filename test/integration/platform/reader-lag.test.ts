import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
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

test('a reader is as far behind as its heartbeat is older than the newest one; who does not answer is not known', async () => {
  const endpoint = endpointsOf({ 'db-1': master, 'db-2': reader })
  const stop = new AbortController()
  const lags: Record<string, number | null> = {}

  await followReaderLag(
    {
      topology: () => topologyOf({ epoch: 1, down: [4], endpoint }),
      account: { user: 'tester', password: master.password },
      report: (node, lagMs) => {
        lags[node] = lagMs
        if (node === 'db-3') stop.abort()
      },
      clock: systemClock,
    },
    stop.signal,
  )

  expect(lags).toEqual({ 'db-1': 0, 'db-2': 8250, 'db-3': null })
})
