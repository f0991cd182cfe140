import { type NodeName, nodeNames, type Role } from '../../src/model/node.js'
import type { NodeEndpoint, Topology } from '../../src/model/topology.js'

const roles: readonly Role[] = ['master', 'shadow', 'slave-1', 'slave-2']

/** A topology over the four nodes in which `order[0]` is the master, `order[1]` the shadow and so on. */
export function topologyOf(input: {
  readonly epoch: number
  readonly version?: number
  readonly order?: readonly number[]
  readonly master?: boolean
  readonly down?: readonly number[]
  readonly endpoint?: (name: NodeName) => NodeEndpoint
}): Topology {
  const order = (input.order ?? [1, 2, 3, 4]).map((number) => nodeNames[number - 1] as NodeName)
  const down = (input.down ?? []).map((number) => nodeNames[number - 1])
  const endpoint = (name: NodeName): NodeEndpoint =>
    input.endpoint?.(name) ?? { host: '127.0.0.1', port: 1, socketPath: `/nowhere/${name}`, controlPort: 1 }
  return {
    epoch: input.epoch,
    version: input.version ?? 1,
    master: input.master === false ? null : (order[0] ?? null),
    nodes: order.map((name, index) => ({
      name,
      role: roles[index] ?? 'quarantined',
      endpoint: endpoint(name),
      source: index === 0 ? null : (order[index === 1 ? 0 : 1] ?? null),
      serving: !down.includes(name),
    })),
    reason: 'test',
  }
}
