import { present } from '../../kit/assert.js'
import { type NodeName, nodeNames } from '../../model/node.js'
import type { NodeAddress } from '../../model/qlink.js'

export function nodeIndexOf(name: NodeName): number {
  return nodeNames.indexOf(name)
}

export function nodeNameOf(index: number): NodeName {
  return present(nodeNames[index], `node ${index}`)
}

/** In the virtual world the port says nothing: the name is the address. */
export function addressOf(name: NodeName): NodeAddress {
  return { node: name, host: 'sim', port: 1 }
}
