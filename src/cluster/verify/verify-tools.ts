import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { NodeName, Role } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { WiringTools } from '../keeper/replication-wiring.js'
import type { QlinkClient } from '../qlink-client.js'

/** What a verification works with. */
export interface VerifyTools extends WiringTools {
  readonly qlink: Pick<QlinkClient, 'status' | 'lookup'>
  readonly topology: () => Topology
  /** A session that may read every table of the business. */
  readonly openReader: (node: NodeName) => Promise<SqlConnection>
  /**
   * Keeps the keeper from telling stopped replicas to go on, as long as `work` runs. Rejects at once when roles are being
   * changed; a change that begins meanwhile goes first, and `mayResume` answers false from then on.
   */
  readonly withoutRepairs: <T>(work: (mayResume: () => boolean) => Promise<T>) => Promise<T>
}

/** What `corelab cluster verify` found. */
export interface VerifyResult {
  readonly schema: 'corelab/verify@1'
  readonly valid: boolean
  readonly epoch: number
  readonly master: NodeName
  /** The one position at which all nodes were compared. */
  readonly position: string
  readonly nodes: readonly VerifiedNode[]
  readonly checks: readonly VerifyCheck[]
  readonly tables: number
  /** On the master, at the position. */
  readonly rows: number
  readonly differences: readonly TableDifference[]
  readonly durationMs: number
}

export interface VerifiedNode {
  readonly node: NodeName
  readonly role: Role
  /** Everything that the node has, when the verification began. */
  readonly history: string
  /** Whether it was compared at the position. */
  readonly compared: boolean
  /** For how long its replication stood, so that it could be read at the position; 0 for the master. */
  readonly pausedMs: number
}

export interface VerifyCheck {
  readonly name: 'position' | 'tables' | 'errant' | 'settings' | 'qlink'
  readonly valid: boolean
  readonly summary: string
  readonly violations: readonly string[]
}

/** Where the rows of a table on one node are not those of the master. */
export interface TableDifference {
  readonly node: NodeName
  readonly table: string
  /** `structure`: its columns are others. `missing`: the node does not have it. `surplus`: only the node has it. */
  readonly kind: 'rows' | 'structure' | 'missing' | 'surplus'
  /** The part of the table: above `from` (exclusive) up to `to` (inclusive); null = from its beginning, to its end. */
  readonly range: { readonly from: string | null; readonly to: string | null }
  readonly rows: { readonly master: number; readonly node: number }
  /** The first differing rows by primary key; empty for a table without one. */
  readonly keys: readonly RowDifference[]
}

export interface RowDifference {
  readonly key: string
  readonly kind: 'changed' | 'missing' | 'surplus'
}
