import { expect, test } from 'vitest'
import { addressOn, networkPorts, planNetwork } from '../../../src/components/fault-proxy/plan-network.js'
import type { NodeName } from '../../../src/model/node.js'
import { nodeNames } from '../../../src/model/node.js'

const nodes = nodeNames.map((name, index) => ({
  name,
  endpoint: {
    host: '127.0.0.1',
    port: 4001 + index,
    controlPort: 4011 + index,
    socketPath: `/run/${name}.sock`,
  },
}))
const network = planNetwork({ nodes, firstPort: 5000, socketDir: '/run' })
const db = (number: number) => `db-${number}` as NodeName

test('every party has a listener of its own for every node', () => {
  const listeners = network.edges.map(({ listen }) =>
    listen.kind === 'tcp' ? `${listen.port}` : listen.socketPath,
  )

  expect(network.edges).toHaveLength(4 * 6)
  expect(new Set(listeners).size).toBe(listeners.length)
  const tcpPorts = network.edges.flatMap(({ listen }) => (listen.kind === 'tcp' ? [listen.port] : []))
  expect(tcpPorts).toHaveLength(networkPorts(4))
  expect([Math.min(...tcpPorts), Math.max(...tcpPorts)]).toEqual([5000, 5000 + networkPorts(4) - 1])
})

test('keeper and qlink go to the control port, replicas to the ordinary one, clients to the unix socket', () => {
  const targetOf = (from: string) =>
    network.edges.find((edge) => edge.from === from && edge.to === db(2))?.target

  expect(targetOf('keeper')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 4012 })
  expect(targetOf('qlink')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 4012 })
  expect(targetOf('db-1')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 4002 })
  expect(targetOf('clients')).toEqual({ kind: 'unix', socketPath: '/run/db-2.sock' })
})

test('a party is told where to connect', () => {
  expect(addressOn(network, { from: 'clients', to: db(3) })).toEqual({
    kind: 'unix',
    socketPath: '/run/c-db-3.sock',
  })
})
