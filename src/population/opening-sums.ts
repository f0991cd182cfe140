import type { AccountColumns } from './account-columns.js'
import type { CustomerColumns } from './customer-columns.js'
import { batchCustomers } from './population.js'

/** How many accounts a batch opens in an entity and a class, and with how much. */
export interface OpeningSum {
  readonly accounts: number
  /** Minor units. */
  readonly amount: number
}

const entitySpan = 128
const classSpan = 4

/**
 * The opening balances of whole batches by entity and class, summed up once per batch: that is the one thing in the
 * population that needs more than one row. A batch is remembered, in eight kilobytes.
 */
export class OpeningSums {
  readonly #batches = new Map<
    number,
    { readonly end: number; readonly accounts: Float64Array; readonly amounts: Float64Array }
  >()

  constructor(
    private readonly customers: CustomerColumns,
    private readonly accounts: AccountColumns,
  ) {}

  /** The sum over the rows of a batch that come before row `end`. */
  of(batch: number, end: number, entity: number, accountClass: number): OpeningSum {
    const last = Math.min(end, (batch + 1) * batchCustomers)
    const known = this.#batches.get(batch)
    const sums = known?.end === last ? known : this.#sumUp(batch, last)
    const index = entity * classSpan + accountClass
    return { accounts: sums.accounts[index] as number, amount: sums.amounts[index] as number }
  }

  #sumUp(batch: number, end: number) {
    const { customers, accounts } = this
    const sums = {
      end,
      accounts: new Float64Array(entitySpan * classSpan),
      amounts: new Float64Array(entitySpan * classSpan),
    }
    for (let row = batch * batchCustomers; row < end; row++) {
      const entity = customers.entityOf(row)
      const count = accounts.countOf(row)
      for (let ordinal = 0; ordinal < count; ordinal++) {
        const accountClass = accounts.classOf(row, ordinal)
        const index = entity * classSpan + accountClass
        sums.accounts[index] = (sums.accounts[index] as number) + 1
        sums.amounts[index] =
          (sums.amounts[index] as number) + accounts.openingBalanceOf(row, ordinal, accountClass)
      }
    }
    this.#batches.set(batch, sums)
    return sums
  }
}
