import type { Party } from './network.js'
import type { NodeName } from './node.js'

/** `forward`: from the party that opened the connection to the node. `backward`: from the node to the party. */
export type FlowDirection = 'forward' | 'backward'

/**
 * What is wrong with one direction of an edge; all of it may be set at once.
 *
 * Bytes that were held back go on when the fault is healed, as after a network that came back. Bytes that were dropped
 * leave a hole, so a connection that lost some is reset when the fault is healed: no peer ever sees a damaged stream.
 */
export interface FlowFaults {
  /** `stall`: bytes are held, and the sender feels it. `drop`: bytes are swallowed, and the sender does not. */
  readonly blocked: 'stall' | 'drop' | null
  /** Each piece arrives this much later, in order. */
  readonly delay: { readonly delayMs: number; readonly jitterMs: number } | null
  readonly bytesPerSecond: number | null
  /** Each connection is reset when it has carried this many more bytes in this direction. */
  readonly cutAfterBytes: number | null
  /** A connection is cut when this text passes, at most `times` of them. */
  readonly cutAtText: CutAtText | null
}

export interface CutAtText {
  readonly text: string
  /** Whether the text itself still arrives (its answer does not, in either case). */
  readonly deliver: boolean
  readonly times: number
}

/** `refuse`: nobody listens. A blocked forward flow keeps new connections waiting, whatever stands here. */
export type ConnectFault = 'refuse' | null

export interface EdgeFaults {
  readonly forward: FlowFaults
  readonly backward: FlowFaults
  readonly connect: ConnectFault
}

/** Some edges of a proxied network; `*` stands for every party or every node. */
export interface EdgePattern {
  readonly from: Party | '*'
  readonly to: NodeName | '*'
}

/** An order to the proxy: what is named replaces what was there, the rest stays. */
export interface FaultOrder {
  readonly edges: readonly EdgePattern[]
  readonly forward?: Partial<FlowFaults>
  readonly backward?: Partial<FlowFaults>
  readonly connect?: ConnectFault
}

/** Something done once to the connections there are. */
export type ConnectionAct = 'reset' | 'half-close-forward' | 'half-close-backward'

export interface FlowCounters {
  /** Read from the sender. */
  readonly bytes: number
  /** Of those: held, dropped, delayed, slowed down or cut off by a fault. */
  readonly bytesHit: number
  /** Connections of which a fault hit at least one byte in this direction. */
  readonly connectionsHit: number
}

export interface EdgeCounters {
  readonly connections: number
  readonly open: number
  /** Connections that waited for a blocked forward flow when they came. */
  readonly connectionsHeld: number
  /** Reset, half-closed or cut by order. */
  readonly connectionsCut: number
  readonly forward: FlowCounters
  readonly backward: FlowCounters
}

/** One edge as the proxy tells it. */
export interface EdgeReport {
  readonly from: Party
  readonly to: NodeName
  readonly faults: EdgeFaults
  readonly counters: EdgeCounters
}

export const noFlowFaults: FlowFaults = Object.freeze({
  blocked: null,
  delay: null,
  bytesPerSecond: null,
  cutAfterBytes: null,
  cutAtText: null,
})

export const noEdgeFaults: EdgeFaults = Object.freeze({
  forward: noFlowFaults,
  backward: noFlowFaults,
  connect: null,
})
