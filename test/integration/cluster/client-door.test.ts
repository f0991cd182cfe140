import { afterAll, beforeAll, expect, test } from 'vitest'
import { mysqlErrno } from '../../../src/clients/mysql/outcome.js'
import { closedToClients, letClientsIn } from '../../../src/cluster/keeper/client-door.js'
import { type Bench, databaseSpec, openBench } from '../../support/real-components.js'
import { connectRealNode, type RealNode } from '../../support/real-node.js'

let bench: Bench
let node: RealNode

beforeAll(async () => {
  bench = await openBench()
  const spec = await databaseSpec(bench.stateDir, { index: 0 })
  const closed = { ...spec, args: [...spec.args, ...closedToClients] }
  node = await connectRealNode(closed, await bench.start(closed))
})

afterAll(async () => {
  await node?.close()
  await bench?.dispose()
})

test('a master that is started as it is shows clients nothing until it is open', async () => {
  const look = () => node.as('workload', (session) => session.query('SELECT 1 AS one'))

  expect(mysqlErrno(await look().catch((error) => error))).toBe(1184)
  // Who brings its binlog to safety, and who lets clients in, come through.
  expect(await node.as('qlink', (session) => session.query('SELECT 1 AS one'))).toEqual([{ one: 1 }])
  expect(await node.control.query('SELECT 1 AS one')).toEqual([{ one: 1 }])

  await letClientsIn(node.control)

  expect(await look()).toEqual([{ one: 1 }])
})
