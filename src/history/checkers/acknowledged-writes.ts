import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { RecordedTransfers } from '../recorded-transfers.js'
import { verdictOf, violationOf } from './verdict.js'

/** The keys found on one node after the run. */
export interface NodeKeys {
  readonly node: string
  readonly keys: ReadonlySet<string>
}

export interface AcknowledgedWritesFacts {
  readonly recorded: RecordedTransfers
  /** The master first, then every other serving node. */
  readonly present: readonly NodeKeys[]
}

export interface ResolvedUnknown {
  readonly applied: number
  readonly notApplied: number
}

/**
 * What a client was told is what happened: every acknowledged transfer is on every node, none that was told to have
 * failed is on any, and one whose outcome was unknown is either on all nodes or on none. Nothing is there that nobody
 * asked for. `unknown` when too little was acknowledged, or nothing on one side of the fault.
 */
export function checkAcknowledgedWrites({ recorded, present }: AcknowledgedWritesFacts): CheckVerdict {
  const { acknowledged, failed, unknown, fault } = recorded
  const [master] = present
  const resolved = resolveUnknown({ recorded, present })
  const lost = present.map(({ node, keys }) => ({
    node,
    keys: keysOf(acknowledged, (key) => !keys.has(key)),
  }))
  const asked = (key: string) => acknowledged.has(key) || failed.has(key) || unknown.has(key)
  const violations = [
    ...lost.flatMap(({ node, keys }) => violationOf(`acknowledged transfers are missing on ${node}`, keys)),
    ...present.flatMap(({ node, keys }) => [
      ...violationOf(
        `transfers reported as failed were applied on ${node}`,
        keysOf(failed, (key) => keys.has(key)),
      ),
      ...violationOf(
        `transfers on ${node} were asked for by nobody`,
        keysOf(keys, (key) => !asked(key)),
      ),
    ]),
    ...violationOf('transfers with unknown outcome are on some nodes only', disagreed(unknown, present)),
  ]
  const vacuous = [
    ...(master ? [] : ['no node was looked at']),
    ...(acknowledged.size > 0 ? [] : ['no transfer was acknowledged, so none could be lost']),
    ...(fault && fault.acknowledgedBefore === 0 ? ['no transfer was acknowledged before the fault'] : []),
    ...(fault && fault.acknowledgedAfter === 0 ? ['no transfer was acknowledged after the fault'] : []),
  ]
  const ofUnknown =
    unknown.size === 0
      ? ''
      : `; of ${formatCount(unknown.size)} with unknown outcome ${formatCount(resolved.applied)} were applied and ${formatCount(resolved.notApplied)} were not`
  return verdictOf({
    name: 'acknowledged writes',
    violations,
    vacuous,
    holds: `all ${formatCount(acknowledged.size)} acknowledged transfers are on ${present.length} nodes${ofUnknown}`,
    details: {
      acknowledged: acknowledged.size,
      failed: failed.size,
      unknown: unknown.size,
      unknownApplied: resolved.applied,
      unknownNotApplied: resolved.notApplied,
      lostOnMaster: lost[0]?.keys.length ?? null,
      nodes: present.length,
      acknowledgedBeforeFault: fault?.acknowledgedBefore ?? null,
      acknowledgedAfterFault: fault?.acknowledgedAfter ?? null,
    },
  })
}

/** What became of the transfers whose clients got no answer, as the master has it. */
export function resolveUnknown({ recorded, present }: AcknowledgedWritesFacts): ResolvedUnknown {
  const onMaster = present[0]?.keys
  const applied = keysOf(recorded.unknown, (key) => onMaster?.has(key) ?? false).length
  return { applied, notApplied: recorded.unknown.size - applied }
}

function disagreed(unknown: ReadonlySet<string>, present: readonly NodeKeys[]): string[] {
  return keysOf(unknown, (key) => {
    const holders = present.filter(({ keys }) => keys.has(key)).length
    return holders > 0 && holders < present.length
  })
}

function keysOf(keys: ReadonlySet<string>, matches: (key: string) => boolean): string[] {
  return [...keys].filter(matches)
}
