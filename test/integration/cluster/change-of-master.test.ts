import { afterEach, beforeEach, expect, test } from 'vitest'
import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import { NodeControl } from '../../../src/cluster/keeper/node-control.js'
import { attachQlink, openForWrites } from '../../../src/cluster/keeper/open-master.js'
import { performStep } from '../../../src/cluster/keeper/perform-step.js'
import { awaitReplicating, wireReplica } from '../../../src/cluster/keeper/replication-wiring.js'
import type { StepTools } from '../../../src/cluster/keeper/step-tools.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { NodeName } from '../../../src/model/node.js'
import { nodeNames } from '../../../src/model/node.js'
import type { Step, Survey } from '../../../src/protocol/keeper/steps.js'
import { testContext } from '../../support/fake-component.js'
import { makeLedger, prepareQlinkGround, type QlinkGround, untilTrue } from '../../support/qlink-ground.js'
import { testSecrets } from '../../support/secrets.js'
import { topologyOf } from '../../support/topologies.js'

const [db1, db2] = nodeNames as [NodeName, NodeName]
let ground: QlinkGround
let tools: StepTools
let ended: NodeName[]

beforeEach(async () => {
  ground = await prepareQlinkGround(2)
  await ground.startInside()
  const { term } = await ground.client.claim()
  ended = []
  const addresses = new Map(ground.nodes.map(({ address }) => [address.node, address]))
  tools = {
    dialect: mariadbDialect,
    // Only in tests the ordinary port will do for the keeper.
    controls: new Map(
      ground.nodes.map(({ address }) => [
        address.node,
        new NodeControl({ address, password: testSecrets.database.keeper, clock: systemClock }),
      ]),
    ),
    replicationPassword: testSecrets.database.replication,
    addressOf: (_from, to) => addresses.get(to)!,
    context: testContext(),
    qlink: ground.client,
    term: () => term,
    endProcess: async (node) => void ended.push(node),
  }
  await makeLedger(ground.nodes[0]!.admin)
  await attachQlink(tools, { name: db1, epoch: 1 })
  await openForWrites(tools, { name: db1, epoch: 1 })
  await wireReplica(tools, { epoch: 1 }, { name: db2, source: db1 })
  await awaitReplicating(tools, db2)
  const position = await mariadbDialect.position(ground.nodes[0]!.admin)
  expect(await mariadbDialect.waitForPosition(ground.nodes[1]!.admin, position, 10_000)).toBe(true)
})

afterEach(async () => {
  for (const control of tools?.controls.values() ?? []) control.drop()
  await ground?.dispose()
})

test('sealing is fencing: a master that lives on, and is not ended, answers no commit any more', async () => {
  const client = await ground.nodes[0]!.connect()
  let id = 0
  const write = () => client.execute(`INSERT INTO corelab.ledger VALUES (${++id}, 'x')`)
  await write()

  await perform({ kind: 'seal', oldMaster: db1, endOldMaster: false })
  let answered = false
  const hanging = write().then(
    () => {
      answered = true
    },
    () => undefined,
  )
  await untilTrue('the commit waits', async () => {
    const status = await ground.nodes[0]!.admin.query<{ Value: string }>(
      "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'",
    )
    return Number(status[0]?.Value) === 1
  })
  // Another epoch begins on the other node, and takes writes: the old one is still not answered.
  for (const step of toOpenOn(db2, 2)) await perform(step)

  expect(answered).toBe(false)
  expect(ended).toEqual([])
  client.destroy()
  await hanging
})

test('what only qlink has is replayed on the next master, transaction by transaction, before it opens', async () => {
  const [master, shadow] = ground.nodes
  await shadow!.admin.query('STOP SLAVE IO_THREAD')
  const client = await master!.connect()
  for (let each = 0; each < 20; each++)
    await client.execute(`INSERT INTO corelab.ledger VALUES (${each}, 'x')`)
  await client.query(
    'CREATE TABLE corelab.made_late (id INT PRIMARY KEY, t TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6))',
  )
  await client.execute('INSERT INTO corelab.made_late (id) VALUES (1)')
  const [last] = await client.query<{ gtid: string }>('SELECT @@last_gtid AS gtid')

  await perform({ kind: 'seal', oldMaster: db1, endOldMaster: true })
  const { survey } = (await perform({ kind: 'survey', nodes: [db2], oldMaster: db1 })) as { survey: Survey }
  expect(survey).toEqual({ lacks: { [db2]: 22 }, errant: {} })
  for (const step of toOpenOn(db2, 2)) await perform(step)

  expect(ended).toEqual([db1])
  expect(await shadow!.admin.query('SELECT COUNT(*) AS n FROM corelab.ledger')).toEqual([{ n: 20 }])
  expect(await shadow!.binlog()).toContain(last?.gtid)
  expect(await shadow!.admin.query('SELECT t FROM corelab.made_late')).toEqual(
    await master!.admin.query('SELECT t FROM corelab.made_late'),
  )
  // It is a whole master: what is written now is acknowledged, and the log goes on without a gap.
  // With a server_id of its epoch: what it may lose of this is never given again by the same name.
  expect(await mariadbDialect.writtenPosition(shadow!.admin)).toMatch(/^0-22-/)
  const next = await shadow!.connect()
  await next.execute("INSERT INTO corelab.ledger VALUES (99, 'x')")
  expect(await mariadbDialect.writtenPosition(shadow!.admin)).toMatch(/^0-22-/)
  expect((await ground.logged()).length).toBeGreaterThan(22)
})

test('a replica that was written to by itself is found out, though it has received more than that, and is not elected', async () => {
  const replica = await ground.nodes[1]!.connect()
  await replica.query('STOP SLAVE SQL_THREAD')
  const client = await ground.nodes[0]!.connect()
  for (const id of [1, 2, 3]) await client.execute(`INSERT INTO corelab.ledger VALUES (${id}, 'x')`)
  const ahead = await mariadbDialect.position(client)
  await untilTrue('it has received all of it', async () => {
    const status = await mariadbDialect.replicaStatus(replica)
    return status?.receivedPosition === ahead
  })
  await replica.execute("INSERT INTO corelab.ledger VALUES (4711, 'x')")

  await perform({ kind: 'seal', oldMaster: db1, endOldMaster: false })
  await perform({ kind: 'halt', nodes: [db2] })
  const { survey } = (await perform({ kind: 'survey', nodes: [db2], oldMaster: db1 })) as { survey: Survey }

  expect(survey.lacks).toEqual({})
  expect(survey.errant[db2]).toMatch(/which the others never had/)
})

test('a planned switchover goes to no replica that was written to by itself, however far it is', async () => {
  const replica = await ground.nodes[1]!.connect()
  await replica.execute("INSERT INTO corelab.ledger VALUES (4711, 'x')")
  const why = /0-12-\d+, which the others never had/
  await expect(perform({ kind: 'check', oldMaster: db1, candidate: db2 })).rejects.toThrow(why)

  // It may come after the check.
  await perform({ kind: 'quiesce', oldMaster: db1 })
  const level = perform({ kind: 'level', oldMaster: db1, candidate: db2 })
  await expect(level).rejects.toThrow(/db-2 has what db-1 does not have/)
})

test('the tail of an old master, though longer than what its successor wrote in its place, is not elected', async () => {
  const [successor, survivor] = ground.nodes
  await perform({ kind: 'halt', nodes: [db2] })
  // As whoever led after db-1: its row is all that qlink has of that epoch.
  const writer = await successor!.connect()
  await writer.query('SET @@session.server_id = 33')
  await writer.execute("INSERT INTO corelab.ledger VALUES (1, 'x')")
  // What db-1 wrote last reached only this one, and was never acknowledged.
  const tail = await survivor!.connect()
  await tail.query('SET @@session.server_id = 1')
  for (const id of [2, 3, 4]) await tail.execute(`INSERT INTO corelab.ledger VALUES (${id}, 'x')`)

  await perform({ kind: 'seal', oldMaster: db1, endOldMaster: false })
  const { survey } = (await perform({ kind: 'survey', nodes: [db2], oldMaster: db1 })) as { survey: Survey }

  expect(survey.lacks).toEqual({})
  expect(survey.errant[db2]).toMatch(/something else in the place of 0-33-/)
})

test('whoever was just wiring a survivor to the old chain does not go on behind the halt', async () => {
  let goOn: () => void = () => undefined
  const halted = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const wiring = tools.controls.get(db2)!.run(60_000, async (connection) => {
    await connection.query('SELECT 1')
    await halted
    await mariadbDialect.endAuthority(connection)
  })
  await perform({ kind: 'seal', oldMaster: db1, endOldMaster: false })
  for (const step of toOpenOn(db2, 2)) await perform(step)
  goOn()

  await expect(wiring).rejects.toThrow()
  const status = await mariadbDialect.semiSyncSource(ground.nodes[1]!.admin)
  expect(status).toMatchObject({ enabled: true, clients: 1 })
})

test('a survivor that did not hear the order to halt is halted before it is surveyed', async () => {
  await perform({ kind: 'seal', oldMaster: db1, endOldMaster: false })

  const report = await perform({ kind: 'survey', nodes: [db2], oldMaster: db1 })

  expect(report).toMatchObject({ survey: { lacks: { [db2]: 0 }, errant: {} } })
  const status = await mariadbDialect.replicaStatus(ground.nodes[1]!.admin)
  expect(status?.receiving).toBe(false)
})

test('the next master begins a log with its epoch, so that nobody is sent through what came before', async () => {
  const { admin } = ground.nodes[1]!
  await perform({ kind: 'seal', oldMaster: db1, endOldMaster: false })
  for (const step of toOpenOn(db2, 2)) await perform(step)

  const files = await admin.query<{ Log_name: string }>('SHOW BINARY LOGS')
  const events = await admin.query<{ Event_type: string; Server_id: number; Info: string }>(
    `SHOW BINLOG EVENTS IN '${files.at(-1)?.Log_name}'`,
  )
  const transactions = events.filter(({ Event_type }) => Event_type === 'Gtid')
  expect(transactions.map(({ Server_id }) => Server_id)).toEqual([22])
})

test('a switchover begins when the candidate has nearly everything, while clients still write', async () => {
  const [master, shadow] = ground.nodes
  await shadow!.admin.query('FLUSH TABLES WITH READ LOCK')
  const client = await master!.connect()
  for (let id = 0; id < 200; id++) await client.execute(`INSERT INTO corelab.ledger VALUES (${id}, 'x')`)
  let looks = 0
  const looking: typeof mariadbDialect = {
    ...mariadbDialect,
    position: async (connection) => {
      if (++looks === 8) await shadow!.admin.query('UNLOCK TABLES')
      return mariadbDialect.position(connection)
    },
  }

  await perform({ kind: 'check', oldMaster: db1, candidate: db2 }, { ...tools, dialect: looking })

  const behind = await mariadbDialect.position(shadow!.admin)
  const ahead = await mariadbDialect.position(master!.admin)
  expect(mariadbDialect.transactionsBetween({ behind, ahead })).toBeLessThanOrEqual(50)
})

test('a candidate that stays behind is taken as it is after a while', async () => {
  const [master, shadow] = ground.nodes
  await shadow!.admin.query('FLUSH TABLES WITH READ LOCK')
  const client = await master!.connect()
  for (let id = 0; id < 60; id++) await client.execute(`INSERT INTO corelab.ledger VALUES (${id}, 'x')`)

  await perform({ kind: 'check', oldMaster: db1, candidate: db2 })

  await shadow!.admin.query('UNLOCK TABLES')
})

function perform(step: Step, its: StepTools = tools) {
  return performStep(its, step, topologyOf({ epoch: 1, order: [1, 2] }))
}

function toOpenOn(candidate: NodeName, epoch: number): Step[] {
  return [
    { kind: 'halt', nodes: [candidate] },
    { kind: 'drain', candidate },
    { kind: 'attach', candidate, epoch },
    { kind: 'open', candidate, epoch },
  ]
}
