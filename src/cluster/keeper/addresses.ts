import { addressOn } from '../../components/fault-proxy/plan-network.js'
import { assert, present } from '../../kit/assert.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { Party } from '../../model/network.js'
import type { NodeName } from '../../model/node.js'
import type { NodeAddress } from '../../model/qlink.js'
import type { NodeEndpoint } from '../../model/topology.js'

/** Who reaches a node where. In drills that is a listener of the fault proxy, else the node itself. */
export interface Addresses {
  readonly addressOf: (from: Party, to: NodeName) => NodeAddress
  readonly controlOf: (node: NodeName) => NodeAddress
  /** As the topology tells it to clients. */
  readonly endpointOf: (node: NodeName) => NodeEndpoint
}

export function addressesOf(plan: Pick<BootPlan, 'nodes' | 'network'>): Addresses {
  const direct = (node: NodeName) =>
    present(
      plan.nodes.find(({ name }) => name === node),
      node,
    ).endpoint
  const { network } = plan
  const proxied = (from: Party, to: NodeName) => {
    const edge = network && addressOn(network, { from, to })
    assert(edge?.kind === 'tcp', `the way from ${from} to ${to} is TCP`)
    return { node: to, host: edge.host, port: edge.port }
  }
  return {
    addressOf: (from, to) => {
      if (network) return proxied(from, to)
      const { host, port, controlPort } = direct(to)
      // qlink must get in also when clients have used up all connections: without it nobody is answered OK (hole H15).
      return { node: to, host, port: from === 'qlink' ? controlPort : port }
    },
    controlOf: (node) =>
      network ? proxied('keeper', node) : { node, host: direct(node).host, port: direct(node).controlPort },
    endpointOf: (node) => {
      const way = network && addressOn(network, { from: 'clients', to: node })
      return way?.kind === 'unix' ? { ...direct(node), socketPath: way.socketPath } : direct(node)
    },
  }
}
