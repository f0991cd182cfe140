import { afterAll, beforeAll, expect, test } from 'vitest'
import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import { openConnection } from '../../../src/clients/mysql/connection.js'
import { performFailoverStep } from '../../../src/cluster/keeper/failover-driver.js'
import { NodeControl } from '../../../src/cluster/keeper/node-control.js'
import { openMaster, type WiringTools, wireChain } from '../../../src/cluster/keeper/replication-wiring.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { NodeName } from '../../../src/model/node.js'
import { nodeNames } from '../../../src/model/node.js'
import type { Topology } from '../../../src/model/topology.js'
import { testContext } from '../../support/fake-component.js'
import { type Bench, databaseSpec, openBench } from '../../support/real-components.js'
import { testSecrets } from '../../support/secrets.js'

const [oldMaster, candidate] = nodeNames as [NodeName, NodeName]
let bench: Bench
let tools: WiringTools
let topology: Topology

beforeAll(async () => {
  bench = await openBench('bank')
  const specs = [
    await databaseSpec(bench.stateDir, { index: 0 }),
    await databaseSpec(bench.stateDir, { index: 1 }),
  ]
  await Promise.all(specs.map((spec) => bench.start(spec)))
  const endpoints = specs.map(({ ports }) => ({
    host: '127.0.0.1',
    port: ports[0]!,
    controlPort: ports[1]!,
    socketPath: '',
  }))
  const password = testSecrets.database.keeper
  tools = {
    dialect: mariadbDialect,
    controls: new Map(
      [oldMaster, candidate].map((name, index) => [
        name,
        new NodeControl({ name, endpoint: endpoints[index]!, password, clock: systemClock }),
      ]),
    ),
    replicationPassword: testSecrets.database.replication,
    context: testContext(),
  }
  topology = {
    epoch: 1,
    version: 1,
    master: oldMaster,
    reason: 'test',
    nodes: [
      { name: oldMaster, role: 'master', endpoint: endpoints[0]!, source: null, serving: true },
      { name: candidate, role: 'shadow', endpoint: endpoints[1]!, source: oldMaster, serving: true },
    ],
  }
  await wireChain(tools, topology)
  await openMaster(tools, { name: oldMaster, epoch: 1 })
})

afterAll(async () => {
  for (const control of tools?.controls.values() ?? []) control.drop()
  await bench?.dispose()
})

test('sealing is fencing: a master that lives on cannot answer OK any more, and can again only when it is unsealed', async () => {
  const { host, port } = topology.nodes[0]!.endpoint
  const client = await openConnection(
    { host, port, user: 'corelab_keeper', password: testSecrets.database.keeper },
    { connectTimeoutMs: 5000 },
  )
  const write = () => client.execute('UPDATE corelab.heartbeat SET beat = beat + 1 WHERE id = 1')
  expect((await write()).affectedRows).toBe(1)

  // The old master is not ended: it is out of reach, as in a partition. Only the seal is left.
  const lenient = { ...tools, endProcess: async () => undefined }
  await performFailoverStep(lenient, { kind: 'seal', oldMaster, candidate }, topology)
  let answered = false
  const held = write().then(() => {
    answered = true
  })

  await expect.poll(waitsForAcknowledgement, { timeout: 10_000 }).toBe(true)
  expect(answered).toBe(false)

  await tools.controls.get(candidate)!.run(5000, (connection) => mariadbDialect.startReplica(connection))
  await held
  expect(answered).toBe(true)
  await client.close()
})

/** Whether a session of the old master has written its transaction and waits for somebody to have it. */
async function waitsForAcknowledgement(): Promise<boolean> {
  return tools.controls.get(oldMaster)!.run(5000, async (connection) => {
    const rows = await connection.query<{ State: string | null }>('SHOW PROCESSLIST')
    return rows.some(({ State }) => State?.includes('semi-sync ACK') === true)
  })
}
