import { statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { networkClient } from '../../../src/cluster/network-client.js'
import { planFaultProxyComponent } from '../../../src/components/fault-proxy/fault-proxy-component.js'
import type { NetworkPlan } from '../../../src/model/network.js'
import type { NodeName } from '../../../src/model/node.js'
import { packageRoot } from '../../../src/project/package-root.js'
import type { RunningComponent } from '../../../src/runtime/runtime.js'
import { socketDirOf, statePaths } from '../../../src/sys/state-dir.js'
import { freePort } from '../../support/free-port.js'
import { type Bench, openBench } from '../../support/real-components.js'

const node = createServer((socket) => socket.pipe(socket))

let bench: Bench
let network: NetworkPlan
let proxy: RunningComponent

beforeAll(async () => {
  bench = await openBench('network')
  const target = { kind: 'tcp', host: '127.0.0.1', port: await freePort() } as const
  await new Promise<void>((resolve) => node.listen(target.port, target.host, resolve))
  network = {
    edges: [
      { from: 'keeper', to: 'db-1' as NodeName, listen: { ...target, port: await freePort() }, target },
      { from: 'qlink', to: 'db-1' as NodeName, listen: { ...target, port: await freePort() }, target },
    ],
    apiSocket: join(socketDirOf(bench.stateDir), 'network.sock'),
  }
  proxy = await bench.start(
    planFaultProxyComponent({
      program: process.execPath,
      entryFile: join(packageRoot, 'dist', 'cluster', 'fault-proxy-main.js'),
      paths: statePaths(bench.stateDir).component('network'),
      network,
    }),
  )
})
afterAll(async () => {
  await bench.dispose()
  node.close()
})

/** What comes back over an edge. */
function echo(from: 'keeper' | 'qlink', text: string): Promise<string> {
  const address = network.edges.find((edge) => edge.from === from)!.listen
  return new Promise((resolve, reject) => {
    const socket = connect(address.kind === 'tcp' ? address : { path: address.socketPath })
    socket.once('error', reject)
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(answer.toString())
    })
    socket.write(text)
  })
}

test('the proxy takes orders for one edge, and the others carry on', async () => {
  const client = networkClient(network.apiSocket)
  expect(await echo('keeper', 'a')).toBe('a')

  await client.order({ edges: [{ from: 'qlink', to: '*' }], forward: { blocked: 'stall' } })
  const stalled = echo('qlink', 'held')
  expect(await echo('keeper', 'b')).toBe('b')
  const hit = async () => (await client.edges()).map(({ counters }) => counters.forward.bytesHit)
  await expect.poll(hit).toEqual([0, 4])
  await client.heal([{ from: 'qlink', to: 'db-1' as NodeName }])

  expect(await stalled).toBe('held')
})

test('only its user may give orders', () => {
  expect(statSync(network.apiSocket).mode & 0o777).toBe(0o600)
})

test('it ends in order, and its connections with it', async () => {
  expect(await proxy.stop()).toEqual({ code: 0, signal: null })

  await expect(echo('keeper', 'a')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await expect(networkClient(network.apiSocket).edges()).rejects.toMatchObject({
    code: 'NETWORK_UNREACHABLE',
  })
})
