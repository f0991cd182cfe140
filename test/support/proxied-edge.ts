import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { systemClock } from '../../src/kit/clock.js'
import { seededRandom } from '../../src/kit/random.js'
import type { EdgeReport } from '../../src/model/drill-fault.js'
import type { Edge, EdgeAddress } from '../../src/model/network.js'
import type { NodeName } from '../../src/model/node.js'
import type { FaultProxy } from '../../src/sys/fault-proxy/fault-proxy.js'
import { startFaultProxy } from '../../src/sys/fault-proxy/fault-proxy.js'

/** One end of a connection, with what it has seen. */
export class End {
  received = Buffer.alloc(0)
  pieces = 0
  /** `end`: the peer said goodbye in order. `error code`: the connection broke. */
  readonly seen: string[] = []

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.pieces++
    })
    socket.on('end', () => this.seen.push('end'))
    socket.on('error', (error: NodeJS.ErrnoException) => this.seen.push(error.code ?? 'error'))
    socket.on('close', () => this.seen.push('close'))
  }

  get text(): string {
    return this.received.toString('latin1')
  }

  send(text: string | Buffer): void {
    this.socket.write(text)
  }
}

/** A proxy with one edge, and a node behind it whose connections the test holds in its hands. */
export interface ProxiedEdgeBench {
  readonly proxy: FaultProxy
  /** What the node has accepted, in order. */
  readonly nodes: readonly End[]
  report(): EdgeReport
  /** Connects as the party would; the node may or may not have seen it yet. */
  call(): Promise<End>
  /** Nobody listens behind the proxy any more. */
  stopNode(): Promise<void>
  dispose(): Promise<void>
}

export async function openProxiedEdge(addresses: {
  readonly listen: EdgeAddress
  readonly target: EdgeAddress
}): Promise<ProxiedEdgeBench> {
  const nodes: End[] = []
  const calls: End[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => nodes.push(new End(socket)))
  await listening(server, addresses.target)
  const edge: Edge = { from: 'clients', to: 'db-1' as NodeName, ...addresses }
  const proxy = await startFaultProxy({ edges: [edge] }, { clock: systemClock, rng: seededRandom(7) })
  const stopNode = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return {
    proxy,
    nodes,
    report: () => proxy.report()[0]!,
    async call() {
      const end = new End(connect({ ...pathOf(addresses.listen), allowHalfOpen: true }))
      calls.push(end)
      await new Promise((resolve, reject) => {
        end.socket.once('connect', resolve)
        end.socket.once('error', reject)
      })
      return end
    },
    stopNode,
    async dispose() {
      await proxy.close()
      for (const { socket } of [...nodes, ...calls]) socket.destroy()
      await stopNode()
    },
  }
}

function listening(server: Server, address: EdgeAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(pathOf(address), resolve)
  })
}

function pathOf(address: EdgeAddress) {
  return address.kind === 'tcp' ? { host: address.host, port: address.port } : { path: address.socketPath }
}
