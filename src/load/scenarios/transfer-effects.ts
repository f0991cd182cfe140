import type { SqlConnection } from '../../clients/mysql/connection.js'
import { checkConservation } from '../../history/checkers/conservation.js'
import { collectConservation } from '../../history/collect/conservation-facts.js'
import type { NodeSession } from '../../history/collect/node-session.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import { subTableCount, subTableName } from '../../model/sub-tables.js'
import { openingBalances } from '../../population/opening-of.js'
import type { PopulationSpec } from '../../population/population.js'
import { sentence } from '../acks/compare-acks.js'
import type { TransferAcks } from '../workloads/bank-transfer.js'

/** Money is neither made nor lost, over all accounts of the bank: what was loaded is there, and agrees with the entries. */
export async function checkMoney(
  { node, connection }: NodeSession,
  population: PopulationSpec,
): Promise<BenchCheck> {
  const [loaded] = await connection.query<{ total: string }>(
    'SELECT COALESCE(SUM(balance), 0) AS total FROM corelab.load_chunk',
  )
  const { name, valid, summary } = checkConservation(
    await collectConservation({
      connection,
      node,
      loadedTotal: BigInt(loaded?.total ?? 0),
      openingOf: openingBalances(population),
    }),
  )
  return { name, valid: valid === true, summary }
}

/**
 * Each order of the run moved its money once: one transfer per key, one debit and one credit per transfer, and no key
 * that was sent again was told to be the first. A run in which no key was sent again proves nothing.
 */
export async function checkMovedOnce(
  connection: SqlConnection,
  run: { readonly prefix: string; readonly acks: readonly (TransferAcks | null)[] },
): Promise<BenchCheck> {
  const name = 'each order moved money once'
  const transfers = await connection.query<{ key: string; gsn: string }>(
    'SELECT idempotency_key AS `key`, gsn FROM pay.transfer WHERE idempotency_key LIKE ?',
    [`${run.prefix}%`],
  )
  const keyOfGsn = new Map(transfers.map(({ key, gsn }) => [gsn, key]))
  const booked = await entriesOf(connection, keyOfGsn)
  const seen = new Set<string>()
  const twice = transfers.filter(({ key }) => seen.has(key) || !seen.add(key)).map(({ key }) => key)
  const unbalanced = transfers.filter(({ gsn }) => {
    const entries = booked.get(gsn)
    return entries?.count !== 2 || entries.sum !== 0n
  })
  const repeats = run.acks.reduce((sum, acks) => sum + (acks?.repeats ?? 0), 0)
  const violations = [
    ...sentence('orders have more than one transfer', twice),
    ...sentence(
      'transfers do not have exactly one debit and one credit',
      unbalanced.map(({ key }) => key),
    ),
    ...sentence(
      'orders that were sent again moved money again',
      run.acks.flatMap((acks) => acks?.movedTwice ?? []),
    ),
  ]
  if (violations.length > 0) return { name, valid: false, summary: violations.join('; ') }
  if (repeats === 0)
    return { name, valid: false, summary: 'no order was sent again, so none could move money twice' }
  return {
    name,
    valid: true,
    summary: `${formatCount(transfers.length)} transfers, each booked once; ${formatCount(repeats)} orders were sent again and moved nothing more`,
  }
}

interface Booked {
  readonly count: number
  readonly sum: bigint
}

/** Of the given serial numbers only: earlier runs left theirs. */
async function entriesOf(
  connection: SqlConnection,
  wanted: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Booked>> {
  const booked = new Map<string, Booked>()
  const [first, last] = boundsOf(wanted.keys())
  for (let subTable = 0; subTable < subTableCount; subTable++) {
    const rows = await connection.query<{ gsn: string; count: number; sum: string }>(
      `SELECT gsn, COUNT(*) AS count, SUM(amount) AS \`sum\`
         FROM ${subTableName('act.account_entry', subTable)} WHERE gsn BETWEEN ? AND ? GROUP BY gsn`,
      [first, last],
    )
    for (const { gsn, count, sum } of rows) {
      if (!wanted.has(gsn)) continue
      const known = booked.get(gsn) ?? { count: 0, sum: 0n }
      booked.set(gsn, { count: known.count + Number(count), sum: known.sum + BigInt(sum) })
    }
  }
  return booked
}

function boundsOf(texts: Iterable<string>): [string, string] {
  let first = '~'
  let last = ''
  for (const text of texts) {
    if (text < first) first = text
    if (text > last) last = text
  }
  return [first, last]
}
