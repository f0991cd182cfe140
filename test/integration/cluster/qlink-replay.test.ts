import { afterEach, expect, test } from 'vitest'
import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import {
  makeLedger,
  openEpoch,
  prepareQlinkGround,
  type QlinkGround,
  startWriters,
  untilTrue,
} from '../../support/qlink-ground.js'
import { testSecrets } from '../../support/secrets.js'

let ground: QlinkGround

afterEach(async () => {
  await ground?.dispose()
})

const gtidsIn = async () => (await ground.logged()).map(({ gtid }) => gtid)

test('what a survivor lacks of a dead master comes from the log, and the next epoch goes on behind it', async () => {
  ground = await prepareQlinkGround(2)
  const { client } = ground
  const [master, shadow] = ground.nodes
  await ground.startInside({ logLimits: { segmentBytes: 20_000 } })
  const { term } = await client.claim()
  await openEpoch(ground, { term })
  await mariadbDialect.replicateFrom(shadow!.admin, {
    ...master!.address,
    user: 'corelab_repl',
    password: testSecrets.database.replication,
  })
  await makeLedger(master!.admin)
  const ledger = await startWriters(master!, 4)
  await untilTrue('the shadow applies', async () => {
    const rows = await shadow!.admin.query('SELECT id FROM corelab.ledger LIMIT 20')
    return rows.length === 20
  })
  await shadow!.admin.query('STOP SLAVE')
  const lead = ledger.acknowledged.size
  await untilTrue('the master is ahead', async () => ledger.acknowledged.size > lead + 300)
  process.kill(master!.pid, 'SIGKILL')
  await ledger.stop()

  const { end } = await client.seal({ term, epoch: 1 })
  const places = await client.lookup(['0-1-1', end.gtid, '0-1-99999', '0-7-3'])
  expect(places).toEqual({ places: ['inside', 'inside', 'after', 'foreign'] })
  await shadow!.admin.query('RESET SLAVE ALL')
  const behind = await mariadbDialect.position(shadow!.admin)
  const missing = mariadbDialect.transactionsBetween({ behind, ahead: end.gtid })
  expect(missing).toBeGreaterThan(300)
  expect(await client.replay({ term, onto: shadow!.address })).toEqual({ transactions: missing })
  expect(await client.replay({ term, onto: shadow!.address })).toEqual({ transactions: 0 })
  expect(await mariadbDialect.position(shadow!.admin)).toBe(end.gtid)
  const rows = await shadow!.admin.query<{ id: number }>('SELECT id FROM corelab.ledger')
  const present = new Set(rows.map(({ id }) => id))
  expect([...ledger.acknowledged.keys()].filter((id) => !present.has(id))).toEqual([])

  await openEpoch(ground, { node: 1, epoch: 2, term })
  await shadow!.admin.execute("INSERT INTO corelab.ledger VALUES (-1, 'of the next epoch')")
  expect(await gtidsIn()).toEqual(await shadow!.binlog())
  const last = (await ground.logged()).at(-1)
  expect(last).toMatchObject({ epoch: 2, gtid: expect.stringMatching(/^0-2-/) })
})

test('segments that the shadow has applied go when the log is too large, and never others', async () => {
  ground = await prepareQlinkGround(2)
  const { client } = ground
  const [master, shadow] = ground.nodes
  const logLimits = { segmentBytes: 10_000, totalBytesMax: 30_000 }
  const qlink = await ground.startInside({ logLimits })
  await openEpoch(ground)
  await makeLedger(master!.admin)
  const ledger = await startWriters(master!, 4)
  await untilTrue('the log is too large', async () => (await client.status()).durable.bytes > 100_000)
  expect((await ground.logged()).length).toBeGreaterThan(200)

  await mariadbDialect.replicateFrom(shadow!.admin, {
    ...master!.address,
    user: 'corelab_repl',
    password: testSecrets.database.replication,
  })
  await shadow!.admin.query('STOP SLAVE SQL_THREAD')
  await client.shadow({ term: 0, shadow: shadow!.address })
  await untilTrue('the shadow is seen', async () => (await client.status()).shadow?.applied !== null)
  const lead = (await client.status()).durable.transactions
  await untilTrue('it grows on', async () => (await client.status()).durable.transactions > lead + 100)
  const [first] = await ground.logged()
  expect(first?.gtid).toBe('0-1-1')
  await ledger.stop()
  await shadow!.admin.query('START SLAVE SQL_THREAD')
  // The shadow applies by and by, so more and more may go; from here on nothing more does.
  await untilTrue('old segments are gone', async () => {
    const bytes = (await ground.logged()).reduce((sum, { length }) => sum + length, 0)
    return bytes <= logLimits.totalBytesMax
  })
  const { durable } = await client.status()
  const kept = await ground.logged()
  expect(await client.lookup(['0-1-1', durable.gtid])).toEqual({ places: ['before', 'inside'] })
  await qlink.close()
  await ground.startInside({ logLimits })
  await untilTrue('the log is recovered', async () => (await client.status()).durable.transactions > 0)
  expect((await client.status()).durable).toEqual(durable)
  expect(await ground.logged()).toEqual(kept)
})
