import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { RecordedTransfers } from '../recorded-transfers.js'
import { verdictOf, violationOf } from './verdict.js'

/** A transfer as the database has it. */
export interface BookedTransfer {
  readonly key: string
  readonly gsn: string
}

/** The entries that carry one serial number. Amounts in minor units. */
export interface GsnEntries {
  readonly entries: number
  readonly sum: bigint
}

export interface IdempotencyFacts {
  readonly node: string
  readonly recorded: Pick<RecordedTransfers, 'repeated'>
  /** One per row, so a key that was applied twice is here twice. */
  readonly transfers: readonly BookedTransfer[]
  readonly entriesByGsn: ReadonlyMap<string, GsnEntries>
}

/**
 * A key moves money once, however often it is sent: it has one transfer, which has one entry at each side, and at most
 * one of its calls was told that it was the first. `unknown` when there was no transfer, or no key was sent twice.
 */
export function checkIdempotency({
  node,
  recorded,
  transfers,
  entriesByGsn,
}: IdempotencyFacts): CheckVerdict {
  const keys = new Set<string>()
  const twice = new Set<string>()
  for (const { key } of transfers) {
    if (keys.has(key)) twice.add(key)
    keys.add(key)
  }
  const gsns = new Set(transfers.map(({ gsn }) => gsn))
  const unbalanced = transfers.filter(({ gsn }) => {
    const booked = entriesByGsn.get(gsn)
    return booked?.entries !== 2 || booked.sum !== 0n
  })
  const orphans = [...entriesByGsn.keys()].filter((gsn) => !gsns.has(gsn))
  const firstTwice = [...recorded.repeated].filter(([, firstTimes]) => firstTimes > 1).map(([key]) => key)
  const repeats = recorded.repeated.size
  return verdictOf({
    name: 'idempotency',
    violations: [
      ...violationOf(`keys have more than one transfer on ${node}`, [...twice]),
      ...violationOf(
        `transfers on ${node} do not have exactly one debit and one credit`,
        unbalanced.map(({ key }) => key),
      ),
      ...violationOf(`serial numbers on ${node} have entries but no transfer`, orphans),
      ...violationOf('keys were told to be applied for the first time more than once', firstTwice),
    ],
    vacuous: [
      ...(transfers.length > 0 ? [] : [`there is no transfer on ${node}`]),
      ...(repeats > 0 ? [] : ['no key was sent twice, so none could be applied twice']),
    ],
    holds: `${formatCount(transfers.length)} transfers on ${node}, each booked once; ${formatCount(repeats)} keys were sent again and moved nothing more`,
    details: {
      node,
      transfers: transfers.length,
      keysSentAgain: repeats,
      keysAppliedTwice: twice.size,
      transfersUnbalanced: unbalanced.length,
      entriesWithoutTransfer: orphans.length,
    },
  })
}
