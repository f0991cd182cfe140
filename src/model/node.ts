import type { Brand } from '../kit/brand.js'

/** A database node keeps its name for life; its role moves. */
export type NodeName = Brand<string, 'NodeName'>

export const nodeNames: readonly NodeName[] = ['db-1', 'db-2', 'db-3', 'db-4'] as NodeName[]

/** Whether a component is a database node. */
export function isNode(component: string): component is NodeName {
  return component.startsWith('db-')
}

/** What a node does at the moment. Out of service: `quarantined` (its history must be compared first). */
export type Role = 'master' | 'shadow' | 'slave-1' | 'slave-2' | 'quarantined'

/** The roles of a whole cluster, in chain order: each replicates from the one before, slaves from the shadow. */
export const servingRoles = ['master', 'shadow', 'slave-1', 'slave-2'] as const satisfies readonly Role[]

/** The `server_id` of a node: its number, unique and non-zero. */
export function serverIdOf(node: NodeName): number {
  return Number(node.slice(node.indexOf('-') + 1))
}
