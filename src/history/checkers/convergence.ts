import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import { verdictOf, violationOf } from './verdict.js'

/** One node's tables once it had applied everything up to the reference position. */
export interface NodeState {
  readonly node: string
  /** Whether it reached the reference position within the limit. */
  readonly caughtUp: boolean
  /** Checksum by table; null for a table that the node does not have. */
  readonly checksums: ReadonlyMap<string, string | null>
}

export interface ConvergenceFacts {
  /** The master's position when the writing had stopped. */
  readonly position: string
  /** The master first, then every other serving node. */
  readonly nodes: readonly NodeState[]
  /** The master's checksums again, after the others were read: equal unless somebody still wrote. */
  readonly masterAfter: ReadonlyMap<string, string | null>
}

/**
 * Nodes that have applied the same history hold the same rows. `unknown` with fewer than two nodes, when one did not
 * catch up, when there was nothing to compare, or when somebody wrote meanwhile.
 */
export function checkConvergence({ position, nodes, masterAfter }: ConvergenceFacts): CheckVerdict {
  const [master, ...others] = nodes
  const tables = [...(master?.checksums.keys() ?? [])]
  const wroteMeanwhile = tables.filter((table) => master?.checksums.get(table) !== masterAfter.get(table))
  const late = nodes.filter(({ caughtUp }) => !caughtUp).map(({ node }) => node)
  const compared = others.filter(({ caughtUp }) => caughtUp)
  const differing = compared.map((other) => ({
    node: other.node,
    tables: tables.filter((table) => other.checksums.get(table) !== master?.checksums.get(table)),
  }))
  const quiet = wroteMeanwhile.length === 0 && master?.caughtUp === true
  return verdictOf({
    name: 'convergence',
    violations: quiet
      ? differing.flatMap(({ node, tables: differ }) =>
          violationOf(`tables on ${node} differ from ${master.node}`, differ),
        )
      : [],
    vacuous: [
      ...(nodes.length >= 2 ? [] : ['fewer than two nodes were compared']),
      ...(tables.length > 0 ? [] : ['there was no table to compare']),
      ...(late.length === 0 ? [] : [`${late.join(', ')} did not catch up with ${position}`]),
      ...(wroteMeanwhile.length === 0 ? [] : [`${wroteMeanwhile[0]} was written to during the comparison`]),
    ],
    holds: `${formatCount(tables.length)} tables are equal on ${nodes.map(({ node }) => node).join(', ')} at ${position}`,
    details: {
      position,
      nodes: nodes.length,
      tables: tables.length,
      nodesCaughtUp: nodes.length - late.length,
      tablesDiffering: differing.reduce((sum, each) => sum + each.tables.length, 0),
    },
  })
}
