import type { NodeName } from './node.js'

/** Who opens connections to database nodes. A replica is a party by its own name. */
export type Party = NodeName | 'keeper' | 'qlink' | 'clients'

/** One direction of who-calls-whom through the fault proxy: a listener of its own, so that it can be broken alone. */
export interface Edge {
  readonly from: Party
  readonly to: NodeName
  readonly listen: EdgeAddress
  readonly target: EdgeAddress
}

export type EdgeAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly socketPath: string }

/** The proxied network of an environment that was started for drills. */
export interface NetworkPlan {
  readonly edges: readonly Edge[]
  /** Where the proxy process takes its orders. */
  readonly apiSocket: string
}
