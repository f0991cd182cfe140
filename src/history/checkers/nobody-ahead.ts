import type { CheckVerdict } from '../../model/demo-result.js'
import { verdictOf } from './verdict.js'

/** How many transactions a node has that the master lacks. */
export interface NodeSurplus {
  readonly node: string
  readonly position: string
  readonly ahead: number
}

/** One history: no serving node has a transaction that the master does not have. `unknown` with fewer than two nodes. */
export function checkNobodyAhead(
  master: { readonly node: string; readonly position: string },
  others: readonly NodeSurplus[],
): CheckVerdict {
  const ahead = others.filter((each) => each.ahead > 0)
  return verdictOf({
    name: 'one history',
    violations: ahead.map(
      (each) =>
        `${each.node} (${each.position}) has ${each.ahead} transactions that ${master.node} (${master.position}) lacks`,
    ),
    vacuous: others.length === 0 ? ['fewer than two nodes serve'] : [],
    holds: `no node has a transaction that ${master.node} lacks; its GTID position is ${master.position}`,
    details: {
      master: master.node,
      position: master.position,
      nodes: others.length + 1,
      nodesAhead: ahead.length,
    },
  })
}
