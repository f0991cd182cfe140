import { present } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import { cancelled } from '../kit/errors.js'
import { subTableCount } from '../model/sub-tables.js'
import type { PopulationGenerator } from './generator.js'
import { EntityDigests, type RowDigest } from './row-digest.js'
import type { VerifiedTable } from './row-sql.js'
import { customerTable } from './tables/customer.js'
import { settlementAccountTable } from './tables/settlement-account.js'
import { TsvWriter } from './tsv-writer.js'

/** What the generator says must be in the database. */
export interface ExpectedPopulation {
  readonly customers: number
  readonly accounts: number
  /** Minor units. */
  readonly balance: bigint
  digestOf(table: VerifiedTable, subTable: number, entity: number): RowDigest
}

/** Between two looks at the signal. */
const chunkCustomers = 25_000

/** Generates all rows and keeps only their digests: a second per million customers, in constant memory. */
export async function expectedPopulation(
  generator: PopulationGenerator,
  customers: number,
  { signal, clock }: Pick<Context, 'signal' | 'clock'>,
): Promise<ExpectedPopulation> {
  const customerDigests = Array.from({ length: subTableCount }, () => new EntityDigests())
  const accountDigests = Array.from({ length: subTableCount }, () => new EntityDigests())
  const writer = new TsvWriter(1024 * 1024)
  let accounts = 0
  let balance = 0n
  for (let first = 0; first < customers; first += chunkCustomers) {
    if (signal.aborted) throw cancelled()
    const keys = generator.keysOf({ first, count: Math.min(chunkCustomers, customers - first) })
    for (let subTable = 0; subTable < subTableCount; subTable++) {
      const intoCustomers = digestInto(customerDigests[subTable] as EntityDigests)
      generator.write(customerTable, keys, subTable, writer, intoCustomers)
      intoCustomers(writer)
      const intoAccounts = digestInto(accountDigests[subTable] as EntityDigests)
      const written = generator.write(settlementAccountTable, keys, subTable, writer, intoAccounts)
      intoAccounts(writer)
      accounts += written.rows
      balance += BigInt(written.amount)
    }
    // Lets timers and the progress display run.
    await clock.sleep(0)
  }
  return {
    customers,
    accounts,
    balance,
    digestOf: (table, subTable, entity) => {
      const digests = table.name === customerTable.name ? customerDigests : accountDigests
      return present(digests[subTable], `digests of sub-table ${subTable}`).of(entity)
    },
  }
}

function digestInto(digests: EntityDigests): (writer: TsvWriter) => void {
  return (writer) => {
    digests.addLines(writer.written())
    writer.clear()
  }
}
