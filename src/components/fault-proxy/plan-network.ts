import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import type { Edge, EdgeAddress, NetworkPlan, Party } from '../../model/network.js'
import type { NodeName } from '../../model/node.js'

export interface NetworkInput {
  readonly nodes: readonly {
    readonly name: NodeName
    readonly endpoint: {
      readonly host: string
      readonly port: number
      readonly controlPort: number
      readonly socketPath: string
    }
  }[]
  /** The first of `networkPorts(nodes)` free ports. */
  readonly firstPort: number
  readonly socketDir: string
}

/** How many TCP ports a proxied network needs: for each node the keeper's, qlink's, and one per other node. */
export function networkPorts(nodes: number): number {
  return nodes * (nodes + 1)
}

/** One edge from every party to every node, each with a listener of its own. Pure. */
export function planNetwork({ nodes, firstPort, socketDir }: NetworkInput): NetworkPlan {
  let port = firstPort
  const edges = nodes.flatMap(({ name: to, endpoint }): Edge[] => {
    const { host } = endpoint
    const byTcp = (from: Party, targetPort: number): Edge => ({
      from,
      to,
      listen: { kind: 'tcp', host, port: port++ },
      target: { kind: 'tcp', host, port: targetPort },
    })
    return [
      byTcp('keeper', endpoint.controlPort),
      byTcp('qlink', endpoint.controlPort),
      ...nodes.flatMap(({ name }) => (name === to ? [] : [byTcp(name, endpoint.port)])),
      {
        from: 'clients',
        to,
        // Short: the path of a unix socket has few bytes.
        listen: { kind: 'unix', socketPath: join(socketDir, `c-${to}.sock`) },
        target: { kind: 'unix', socketPath: endpoint.socketPath },
      },
    ]
  })
  return { edges, apiSocket: join(socketDir, 'network.sock') }
}

/** Where a party connects to reach a node. */
export function addressOn(
  network: NetworkPlan,
  edge: { readonly from: Party; readonly to: NodeName },
): EdgeAddress {
  const found = network.edges.find(({ from, to }) => from === edge.from && to === edge.to)
  return present(found, `edge ${edge.from} to ${edge.to}`).listen
}
