import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { SqlConnection } from '../../../../src/clients/mysql/connection.js'
import { checkAcknowledgedAppends } from '../../../../src/history/checkers/acknowledged-appends.js'
import { checkEpochMonotonicity } from '../../../../src/history/checkers/epoch-monotonicity.js'
import { collectAppends } from '../../../../src/history/collect/append-rows.js'
import { readHistory } from '../../../../src/history/read-history.js'
import { AppendFold } from '../../../../src/history/recorded-appends.js'
import { EpochFold } from '../../../../src/history/recorded-epochs.js'
import { openHistory } from '../../../../src/history/recorder.js'
import { systemClock } from '../../../../src/kit/clock.js'
import { AppendSession, appendTableStatement } from '../../../../src/load/live/append-session.js'
import { startClosedLoop } from '../../../../src/load/live/closed-loop.js'
import { dataSourceOf, endpointsOf, HandTurnedTopology } from '../../../support/bank.js'
import { testContext } from '../../../support/fake-component.js'
import { startMariadb, type TestMariadb } from '../../../support/mariadb.js'
import { temporaryDir } from '../../../support/temp-dir.js'
import { topologyOf } from '../../../support/topologies.js'

const dir = temporaryDir()

let server: TestMariadb
let connection: SqlConnection

beforeAll(async () => {
  server = await startMariadb(['--server-id=7', '--innodb-flush-log-at-trx-commit=1'])
  connection = await server.connect()
  await connection.query('CREATE DATABASE bench')
  await connection.query('CREATE DATABASE corelab')
  await connection.query('CREATE TABLE corelab.heartbeat (id INT PRIMARY KEY, epoch BIGINT)')
  await connection.query('INSERT INTO corelab.heartbeat VALUES (1, 3)')
  await connection.query(appendTableStatement)
})
afterAll(async () => {
  await connection.close()
  await server.stop()
})

test('every append ends known, also when the server dies under it, and the rows are what clients were told', async () => {
  const endpoint = endpointsOf({ 'db-1': server })
  const source = dataSourceOf(
    server,
    new HandTurnedTopology(topologyOf({ epoch: 3, down: [2, 3, 4], endpoint })),
  )
  const file = join(dir.path, 'history.jsonl')
  const recorder = openHistory(file, { clock: systemClock })
  const stop = new AbortController()
  const run = startClosedLoop(
    {
      connections: 8,
      openSession: async (client) =>
        new AppendSession({
          write: (work) => source.write(work),
          recorder,
          client,
          think: async () => undefined,
        }),
      stop: stop.signal,
    },
    testContext(),
  )
  const okBeyond = (count: number) => vi.waitUntil(() => run.counters().ok > count, { timeout: 60_000 })
  try {
    await okBeyond(300)
    recorder.nemesis('kill', {})
    await server.crash()
    await server.restart()
    await okBeyond(run.counters().ok + 300)
  } finally {
    stop.abort()
    await run.finished
    await recorder.close()
    await source.close()
  }

  const appends = new AppendFold()
  const epochs = new EpochFold()
  for await (const event of readHistory(file)) for (const fold of [appends, epochs]) fold.add(event)
  const recorded = appends.result()
  const again = await server.connect()
  const byClient = await collectAppends(again)
  await again.close()

  const verdict = checkAcknowledgedAppends({ recorded, present: [{ node: 'db-1', byClient }] })
  expect(verdict.valid, verdict.summary).toBe(true)
  expect(recorded.unknown).toBe(0)
  expect(epochs.result().epochs).toMatchObject([{ epoch: 3, servers: [7] }])
  expect(checkEpochMonotonicity(epochs.result()).valid).toBe(true)
})
