import { expect, test } from 'vitest'
import { addressesOf } from '../../../../src/cluster/keeper/addresses.js'
import { planNetwork } from '../../../../src/components/fault-proxy/plan-network.js'
import type { BootPlan } from '../../../../src/model/boot-plan.js'
import type { NodeName } from '../../../../src/model/node.js'

const [db1, db2] = ['db-1', 'db-2'] as NodeName[]
const nodes = [db1!, db2!].map((name, index) => ({
  name,
  role: 'master' as const,
  dataDir: '/nowhere',
  endpoint: {
    host: '127.0.0.1',
    port: 100 + index,
    controlPort: 200 + index,
    socketPath: `/nowhere/${name}.sock`,
  },
}))

test('everybody goes straight to a node, keeper and qlink to its control port', () => {
  const { addressOf, controlOf, endpointOf } = addressesOf({ nodes, network: null })

  expect(addressOf(db2!, db1!)).toEqual({ node: db1, host: '127.0.0.1', port: 100 })
  expect(addressOf('qlink', db1!)).toEqual({ node: db1, host: '127.0.0.1', port: 200 })
  expect(controlOf(db2!)).toEqual({ node: db2, host: '127.0.0.1', port: 201 })
  expect(endpointOf(db1!).socketPath).toBe('/nowhere/db-1.sock')
})

test('with a fault proxy nobody does: each pair has a listener of its own', () => {
  const network = planNetwork({ nodes, firstPort: 1000, socketDir: '/run' })
  const plan: Pick<BootPlan, 'nodes' | 'network'> = { nodes, network }
  const { addressOf, controlOf, endpointOf } = addressesOf(plan)
  const ports = [
    addressOf('qlink', db1!).port,
    addressOf(db2!, db1!).port,
    addressOf('qlink', db2!).port,
    addressOf(db1!, db2!).port,
    controlOf(db1!).port,
    controlOf(db2!).port,
  ]

  expect(new Set(ports).size).toBe(ports.length)
  expect(ports.every((port) => port >= 1000)).toBe(true)
  expect(endpointOf(db1!).socketPath).toBe('/run/c-db-1.sock')
})
