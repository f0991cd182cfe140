import { execFileSync } from 'node:child_process'
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
import { failingDisk, systemError } from '../../support/qlink-log.js'
import { testSecrets } from '../../support/secrets.js'

let ground: QlinkGround

afterEach(async () => {
  await ground?.dispose()
})

const gtidsIn = async () => (await ground.logged()).map(({ gtid }) => gtid)

test('no room left: nothing is acknowledged, the status says why, and it goes on by itself when there is room', async () => {
  ground = await prepareQlinkGround()
  const { client, nodes } = ground
  const qlink = await ground.startProcess()
  await untilTrue('qlink answers', async () => (await client.status()).pid === qlink.pid)
  await openEpoch(ground)
  await makeLedger(nodes[0]!.admin)
  const limitFiles = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(qlink.pid), `--fsize=${bytes}:`])

  limitFiles('100000')
  const ledger = await startWriters(nodes[0]!, 4)
  await untilTrue('the disk is full', async () => (await client.status()).diskError !== null)
  expect((await client.status()).diskError).toMatch(/EFBIG/)
  const acknowledged = ledger.acknowledged.size
  const durable = (await client.status()).durable.transactions
  // Several tries to mend it later it is still so.
  const { links } = (await client.status()).counters
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(await client.status()).toMatchObject({ durable: { transactions: durable }, counters: { links } })
  expect(ledger.acknowledged.size).toBeLessThanOrEqual(Math.max(acknowledged, durable))

  limitFiles('unlimited')
  await untilTrue('writes go on', async () => ledger.acknowledged.size > acknowledged + 200)
  expect((await client.status()).diskError).toBe(null)
  await ledger.stop()
  await untilTrue('qlink has everything', async () => {
    const [row] = await nodes[0]!.admin.query<{ position: string }>('SELECT @@gtid_binlog_pos AS position')
    return (await client.status()).durable.gtid === row?.position
  })
  expect(await gtidsIn()).toEqual(await nodes[0]!.binlog())
})

test('a disk that is read-only at the start is no end: qlink says so, refuses, and goes on when it may write', async () => {
  ground = await prepareQlinkGround()
  const { client, nodes } = ground
  let readOnly = true
  const disk = failingDisk((call) => (readOnly && call === 'make' ? systemError('EROFS') : null))
  await ground.startInside({ disk })
  await expect(client.claim()).rejects.toMatchObject({
    code: 'QLINK_DISK_FAILED',
    message: expect.stringMatching(/EROFS/),
  })
  readOnly = false
  const { term } = await client.claim()
  await openEpoch(ground, { term })
  await makeLedger(nodes[0]!.admin)
})

test('a seal that cannot be written is answered so, mutes all the same, and is made good by the next one', async () => {
  ground = await prepareQlinkGround()
  const { client, nodes } = ground
  let broken = false
  const disk = failingDisk((call, path) =>
    broken && call === 'sync' && path.includes('epochs') ? systemError('EIO') : null,
  )
  await ground.startInside({ disk })
  await openEpoch(ground)
  await makeLedger(nodes[0]!.admin)
  broken = true
  await expect(client.seal({ term: 0, epoch: 1 })).rejects.toMatchObject({ code: 'QLINK_DISK_FAILED' })
  let answered = false
  const write = nodes[0]!.admin.execute("INSERT INTO corelab.ledger VALUES (1, 'x')").then(
    () => {
      answered = true
    },
    () => undefined,
  )
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(answered).toBe(false)
  expect(await client.status()).toMatchObject({ phase: 'open', link: { state: 'down' } })

  broken = false
  expect(await client.seal({ term: 0, epoch: 1 })).toMatchObject({ epoch: 1 })
  expect((await client.status()).phase).toBe('sealed')
  nodes[0]!.admin.destroy()
  await write
})

test.each([
  ['purged', 'PURGE BINARY LOGS TO ?', /purged|could not find|not find/i],
  ['forgotten by RESET MASTER', 'RESET MASTER', /not in the master|binlog|could not find/i],
])('what a leader has %s is never skipped: the link says so', async (_, statement, reason) => {
  ground = await prepareQlinkGround()
  const { client, nodes } = ground
  const { admin } = nodes[0]!
  const qlink = await ground.startProcess()
  await untilTrue('qlink answers', async () => (await client.status()).pid === qlink.pid)
  await openEpoch(ground)
  await makeLedger(admin)
  await admin.execute("INSERT INTO corelab.ledger VALUES (1, 'a')")
  const before = (await client.status()).durable
  await qlink.end('SIGKILL')

  // Written while nobody acknowledges: semi-sync is off for the moment.
  await admin.query('SET GLOBAL rpl_semi_sync_master_enabled = OFF')
  if (!statement.startsWith('RESET')) {
    await admin.execute("INSERT INTO corelab.ledger VALUES (2, 'b')")
    await admin.query('FLUSH BINARY LOGS')
    await admin.query('FLUSH BINARY LOGS')
    // Not while the reader that was killed still counts as one.
    await untilTrue('the file is purged', async () => {
      const logs = await admin.query<{ Log_name: string }>('SHOW BINARY LOGS')
      await admin.query(statement.replace('?', `'${logs.at(-1)?.Log_name}'`))
      return logs.length === 1
    })
  } else await admin.query(statement)
  await admin.execute("INSERT INTO corelab.ledger VALUES (3, 'c')")
  await ground.startProcess()

  await untilTrue('the link says why', async () => reason.test((await client.status()).link.error ?? ''))
  expect(await client.status()).toMatchObject({ durable: before, phase: 'open' })
})

test('a leader with another history is not followed', async () => {
  ground = await prepareQlinkGround(2)
  const { client, nodes } = ground
  await ground.startInside()
  await openEpoch(ground)
  await makeLedger(nodes[0]!.admin)
  await nodes[0]!.admin.execute("INSERT INTO corelab.ledger VALUES (1, 'a')")
  const { end } = await client.seal({ term: 0, epoch: 1 })

  // The other one has as many transactions, and they are not the same.
  const other = nodes[1]!.admin
  await other.query('SET GLOBAL read_only = OFF')
  await makeLedger(other)
  for (const id of [1, 2, 3]) await other.execute(`INSERT INTO corelab.ledger VALUES (${id}, 'other')`)
  await other.query('SET GLOBAL rpl_semi_sync_master_enabled = ON')
  await client.open({ term: 0, epoch: 2, leader: nodes[1]!.address })

  await untilTrue('the link says why', async () => (await client.status()).link.error !== null)
  expect((await client.status()).durable).toEqual(end)
  expect((await ground.logged()).map(({ gtid }) => gtid).at(-1)).toBe(end.gtid)
})

test('acknowledgements wait for a shadow that falls behind, and no longer for one that stands still', async () => {
  ground = await prepareQlinkGround(2)
  const { client, nodes } = ground
  const [master, shadow] = nodes
  await ground.startInside({ limits: { backlogTransactionsMax: 20, stuckAfterMs: 3000 } })
  await openEpoch(ground)
  await mariadbDialect.replicateFrom(shadow!.admin, {
    ...master!.address,
    user: 'corelab_repl',
    password: testSecrets.database.replication,
  })
  await makeLedger(master!.admin)
  await client.shadow({ term: 0, shadow: shadow!.address })
  await untilTrue('the shadow is seen', async () => (await client.status()).shadow?.applied !== null)

  await shadow!.admin.query('STOP SLAVE SQL_THREAD')
  const ledger = await startWriters(master!, 4)
  await untilTrue('what is durable is not acknowledged', async () => {
    const { throttled, acknowledged, durable, shadow } = await client.status()
    const isBehind = (shadow?.backlogTransactions ?? 0) > 20
    return throttled && isBehind && acknowledged.transactions < durable.transactions
  })
  await shadow!.admin.query('START SLAVE SQL_THREAD')
  const before = ledger.acknowledged.size
  await untilTrue('they go on', async () => ledger.acknowledged.size > before + 50)

  await shadow!.admin.query('STOP SLAVE SQL_THREAD')
  await untilTrue('the writers are held', async () => (await client.status()).throttled)
  await untilTrue('and let go', async () => !(await client.status()).throttled)
  const stuck = ledger.acknowledged.size
  await untilTrue('they go on', async () => ledger.acknowledged.size > stuck + 50)
  await ledger.stop()
  expect((await client.status()).counters.throttles).toBeGreaterThanOrEqual(2)
})
