import type { PopulationSpec } from '../population.js'
import type { RowDifference } from './locate.js'

/** What `corelab users verify` found. */
export interface PopulationVerdict {
  readonly valid: boolean
  /** One sentence for people, with the numbers. */
  readonly summary: string
  readonly population: PopulationSpec
  readonly customers: number
  readonly accounts: number
  /** Rows of all tables, as the generator makes them. */
  readonly rows: number
  /** Sum of the opening balances in minor units. */
  readonly balance: bigint
  readonly nodes: readonly NodeVerdict[]
  readonly checks: readonly PopulationCheck[]
  /** The first ones by node and table, up to a limit. */
  readonly differences: readonly RowDifference[]
  readonly durationMs: number
}

export interface NodeVerdict {
  readonly node: string
  readonly equal: boolean
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly expected: number }[]
  /** Legal entities of sub-tables that differ. */
  readonly partsDiffering: number
}

export interface PopulationCheck {
  readonly name: 'rows' | 'references' | 'routes' | 'vouchers' | 'identities'
  readonly valid: boolean
  /** What holds, when it does. */
  readonly summary: string
  readonly violations: readonly string[]
}

export function differenceSentence(difference: RowDifference): string {
  const { node, table, entity, key, kind, column, expected, found } = difference
  const where = `${node} ${table} ${entity} ${key} ${kind}`
  return column === null ? where : `${where}: ${column} is "${found}", not "${expected}"`
}
