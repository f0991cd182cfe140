import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { loadUnits } from '../../../src/cluster/load-window/load-units.js'
import { proveRows } from '../../../src/cluster/load-window/prove-rows.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { EventBody } from '../../../src/kit/events.js'
import { type NodeName, nodeNames } from '../../../src/model/node.js'
import type { ExpectedPopulation } from '../../../src/population/verify/expected.js'
import { packageRoot } from '../../../src/project/package-root.js'
import { createBankTables } from '../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

const distDir = process.env.CORELAB_TEST_DIST ?? join(packageRoot, 'dist')
const threadEntry = pathToFileURL(join(distDir, 'population', 'feed', 'feed-main.js'))
const spec = { seed: 7, customers: 4000, entities: 81, locale: 'zh', identity: 'safe' } as const

let server: TestMariadb
let session: SqlConnection
let pipeDir: string
let expected: ExpectedPopulation | null
let events: EventBody[]

beforeEach(async () => {
  server = await startMariadb(['--innodb-buffer-pool-size=128M', '--innodb-log-file-size=96M'])
  pipeDir = await mkdtemp(join(tmpdir(), 'corelab-test-pipes-'))
  session = await server.connect()
  await createBankTables(session)
  events = []
  const loaded = await loadUnits({ ...common, pipeDir, threadEntry }, context)
  expected = loaded.expected
})

afterEach(async () => {
  await session.close()
  await server.stop()
  await rm(pipeDir, { recursive: true, force: true })
})

const context = {
  clock: systemClock,
  emit: (event: EventBody) => void events.push(event),
  signal: new AbortController().signal,
}
const common = { spec, connect: () => server.connect(), streams: 2 }
const prove = (digests: ExpectedPopulation | null) =>
  proveRows({ ...common, node: nodeNames[0] as NodeName, expected: digests, step: 'prove' }, context)
const generated = () => events.some((event) => 'step' in event && event.step === 'population.expected')

test('what the threads made while they loaded is what the generator makes, and what the tables hold', async () => {
  expect(expected).not.toBe(null)

  const proven = await prove(expected)

  expect(generated()).toBe(false)
  expect(await prove(null)).toEqual(proven)
  expect(generated()).toBe(true)
})

test('of tables that an earlier call loaded nothing is remembered: they are generated once more', async () => {
  const again = await loadUnits({ ...common, pipeDir, threadEntry }, context)

  expect(again.expected).toBe(null)
})

test.each([
  ['UPDATE cif.contact_03 SET value = CONCAT(value, "0") LIMIT 1', /cif\.contact_03 .* changed: value is "/],
  ['DELETE FROM acc.opening_voucher_line LIMIT 1', /acc\.opening_voucher_line .* missing/],
  ['ALTER TABLE act.ledger_sub_account_15 DROP COLUMN opening_balance', /act\.ledger_sub_account_15: /],
])('a filled node whose rows are not right is found out, and the row is named: %s', async (change, words) => {
  await session.query(change)

  for (const digests of [expected, null])
    await expect(prove(digests)).rejects.toMatchObject({
      code: 'VERIFY_FAILED',
      message: expect.stringContaining('db-1'),
      detail: expect.stringMatching(words),
    })
})
