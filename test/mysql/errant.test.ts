import { afterAll, beforeAll, expect, test } from 'vitest'
import { mysqlDialect } from '../../src/clients/dialects/mysql.js'
import { NodeControl } from '../../src/cluster/keeper/node-control.js'
import { checkErrant } from '../../src/cluster/verify/checks.js'
import { nodeNames } from '../../src/model/node.js'
import { testContext } from '../support/fake-component.js'
import { type Bench, openBench } from '../support/real-components.js'
import { type RealNode, startRealNode } from '../support/real-node.js'
import { testSecrets } from '../support/secrets.js'
import { mysqlChoice } from './choice.js'

let bench: Bench
let one: RealNode
let two: RealNode

/** `one` waits for an acknowledgement that nobody gives, and `two` follows it. */
beforeAll(async () => {
  bench = await openBench()
  one = await startRealNode(bench, { index: 0, choice: mysqlChoice })
  two = await startRealNode(bench, { index: 1, choice: mysqlChoice })
  await mysqlDialect.setReadOnly(one.control, false)
  await one.as('schema', (session) => session.query('CREATE DATABASE bench'))
  await one.as('schema', (session) => session.query('CREATE TABLE bench.t (id INT PRIMARY KEY)'))
  await mysqlDialect.replicateFrom(two.control, one.asSource)
  const position = await mysqlDialect.position(one.control)
  expect(await mysqlDialect.waitForPosition(two.control, position, 20_000)).toBe(true)
  await mysqlDialect.openWrites(one.control)
})
afterAll(async () => {
  await one?.close()
  await two?.close()
  await bench?.dispose()
})

test('what a replica has before its master was acknowledged is not errant; what only the replica has is', async () => {
  const before = await mysqlDialect.history(two.control)
  const writing = one.as('workload', (session) => session.query('INSERT INTO bench.t VALUES (1)'))
  await expect.poll(() => mysqlDialect.history(two.control)).not.toBe(before)
  const ahead = await mysqlDialect.history(two.control)
  expect(await mysqlDialect.history(one.control)).toBe(before)
  const context = testContext()
  const [master, follower] = [nodeNames[0]!, nodeNames[1]!]
  const address = { node: master, host: '127.0.0.1', port: one.port }
  const { keeper } = testSecrets.database
  const control = new NodeControl({ address, password: keeper, clock: context.clock })
  // The check has looked once when it waits.
  let looked: () => void = () => undefined
  const waits = new Promise<void>((resolve) => {
    looked = resolve
  })
  const { clock } = context
  const watched = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => {
      looked()
      return clock.sleep(ms, signal)
    },
  }
  const controls = new Map([[master, control]])
  const tools = { dialect: mysqlDialect, controls, context: { ...context, clock: watched } }
  const check = (replica: string) => checkErrant(tools, { master, histories: new Map([[follower, replica]]) })

  const checking = check(ahead)
  await Promise.race([waits, checking])
  await mysqlDialect.setSemiSyncSource(one.control, false)
  await writing

  expect(await checking).toMatchObject({ valid: true })
  expect(await check(`${ahead},00000000-0000-0000-0000-000000000001:7`)).toMatchObject({
    valid: false,
    violations: ['db-2 has 00000000-0000-0000-0000-000000000001:7, which db-1 never had'],
  })
  control.drop()
})
