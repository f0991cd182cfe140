import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { RecordedAppends } from '../recorded-appends.js'
import { appendOutcome } from '../recorded-appends.js'
import { verdictOf, violationOf } from './verdict.js'

/** The appended rows found on one node after the run. */
export interface NodeAppends {
  readonly node: string
  /** By client: 1 at the index of each number whose row is there. */
  readonly byClient: ReadonlyMap<number, Uint8Array>
}

export interface AcknowledgedAppendsFacts {
  readonly recorded: RecordedAppends
  /** The master first, then every other serving node. */
  readonly present: readonly NodeAppends[]
}

export interface LostAppend {
  readonly client: number
  readonly n: number
}

/**
 * The ledger of unique appends: every acknowledged row is on every node, none that was told to have failed is on any,
 * nothing is there that nobody appended, and a row of unknown outcome is on all nodes or on none. `unknown` when too
 * little was acknowledged, or nothing on one side of the fault.
 */
export function checkAcknowledgedAppends({ recorded, present }: AcknowledgedAppendsFacts): CheckVerdict {
  const [master, ...others] = present
  const lost = present.map((node) => ({ node: node.node, rows: lostOn(recorded, node) }))
  const violations = [
    ...lost.flatMap(({ node, rows }) =>
      violationOf(`acknowledged appends are missing on ${node}`, rows.map(nameOf)),
    ),
    ...present.flatMap((node) => [
      ...violationOf(
        `appends reported as failed are on ${node.node}`,
        rowsOn(node, recorded, appendOutcome.failed),
      ),
      ...violationOf(
        `appends on ${node.node} were made by nobody`,
        rowsOn(node, recorded, appendOutcome.none),
      ),
    ]),
    ...(master
      ? violationOf('appends of unknown outcome are on some nodes only', split(recorded, present))
      : []),
  ]
  const { fault, acknowledged } = recorded
  const resolved = resolveUnknownAppends({ recorded, present })
  return verdictOf({
    name: 'acknowledged appends',
    violations,
    vacuous: [
      ...(master ? [] : ['no node was looked at']),
      ...(acknowledged > 0 ? [] : ['no append was acknowledged, so none could be lost']),
      ...(fault && fault.acknowledgedBefore === 0 ? ['no append was acknowledged before the fault'] : []),
      ...(fault && fault.acknowledgedAfter === 0 ? ['no append was acknowledged after the fault'] : []),
    ],
    holds: `all ${formatCount(acknowledged)} acknowledged appends are on ${[master, ...others].length} nodes`,
    details: {
      acknowledged,
      failed: recorded.failed,
      unknown: recorded.unknown,
      unknownApplied: resolved.applied,
      unknownNotApplied: resolved.notApplied,
      lostOnMaster: lost[0]?.rows.length ?? null,
      nodes: present.length,
      acknowledgedBeforeFault: fault?.acknowledgedBefore ?? null,
      acknowledgedAfterFault: fault?.acknowledgedAfter ?? null,
    },
  })
}

/** Acknowledged rows that a node does not have. */
export function lostOn(recorded: RecordedAppends, node: NodeAppends): readonly LostAppend[] {
  const lost: LostAppend[] = []
  for (const [client, outcomes] of recorded.byClient) {
    const rows = node.byClient.get(client)
    outcomes.forEach((outcome, n) => {
      if (outcome === appendOutcome.acknowledged && rows?.[n] !== 1) lost.push({ client, n })
    })
  }
  return lost
}

/** What became of the appends whose clients were never answered, as the master has it. */
export function resolveUnknownAppends({ recorded, present }: AcknowledgedAppendsFacts): {
  readonly applied: number
  readonly notApplied: number
} {
  const master = present[0]?.byClient
  let applied = 0
  for (const [client, outcomes] of recorded.byClient) {
    const rows = master?.get(client)
    outcomes.forEach((outcome, n) => {
      if (outcome === appendOutcome.unknown && rows?.[n] === 1) applied++
    })
  }
  return { applied, notApplied: recorded.unknown - applied }
}

/** The rows of a node that the ledger has with the given outcome. */
function rowsOn(node: NodeAppends, recorded: RecordedAppends, outcome: number): string[] {
  const found: string[] = []
  for (const [client, rows] of node.byClient) {
    const outcomes = recorded.byClient.get(client)
    rows.forEach((there, n) => {
      if (there === 1 && (outcomes?.[n] ?? appendOutcome.none) === outcome) found.push(nameOf({ client, n }))
    })
  }
  return found
}

function split(recorded: RecordedAppends, present: readonly NodeAppends[]): string[] {
  const found: string[] = []
  for (const [client, outcomes] of recorded.byClient) {
    outcomes.forEach((outcome, n) => {
      if (outcome !== appendOutcome.unknown) return
      const holders = present.filter((node) => node.byClient.get(client)?.[n] === 1).length
      if (holders > 0 && holders < present.length) found.push(nameOf({ client, n }))
    })
  }
  return found
}

function nameOf({ client, n }: LostAppend): string {
  return `${client}/${n}`
}
