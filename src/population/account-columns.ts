import { today } from './calendar.js'
import { Field } from './field.js'
import { balanceLimits, WealthTable } from './opening-balances.js'
import { customersMax } from './population.js'
import { weightedTable } from './weighted-table.js'

/** Of 100 customers 68 have one account, 24 two, 8 three: 1.4 on average. */
export const accountsPerCustomerMax = 3
const accountCounts = weightedTable([0, 68, 24, 8], 8)

export type AccountClass = 1 | 2 | 3

/** From this draw on a customer has more than an account of class II may hold, and so one of class I. */
const wealthyDraw = 0xf000_0000

/**
 * The columns of a settlement account, as functions of the customer's row and the account's ordinal (0 to 2). Only
 * the first account can be of class I; it has what the others do not hold.
 */
export class AccountColumns {
  readonly #shape: Field
  readonly #wealth: Field
  readonly #further: Field
  readonly #amounts = new WealthTable()

  constructor(seed: number) {
    this.#shape = new Field(seed, 'settlement_account', 'shape')
    this.#wealth = new Field(seed, 'settlement_account', 'wealth')
    this.#further = new Field(seed, 'settlement_account', 'further')
  }

  /** How many accounts a customer has: 1 to 3. */
  countOf(row: number): number {
    return accountCounts[this.#shape.uint32(row) >>> 24] as number
  }

  classOf(row: number, ordinal: number): AccountClass {
    const shape = this.#shape.uint32(row)
    if (ordinal === 0) return (shape & 0xff) < 31 && this.#wealth.uint32(row) < wealthyDraw ? 2 : 1
    // 13 of 16 second accounts and 5 of 16 third ones are of class II.
    return ordinal === 1 ? (((shape >>> 8) & 15) < 13 ? 2 : 3) : ((shape >>> 12) & 15) < 5 ? 2 : 3
  }

  /** The opening balance in minor units: a safe integer, never negative, within the limit of the class. */
  openingBalanceOf(row: number, ordinal: number, accountClass: AccountClass): number {
    const wealth = this.#amounts.amount(this.#wealth.uint32(row))
    const limit = balanceLimits[accountClass] as number
    if (ordinal > 0) return this.#furtherBalance(row, ordinal, wealth, limit)
    let rest = wealth
    for (let other = this.countOf(row) - 1; other > 0; other--) {
      const otherLimit = balanceLimits[this.classOf(row, other)] as number
      rest -= this.#furtherBalance(row, other, wealth, otherLimit)
    }
    return Math.min(rest, limit)
  }

  /** Up to a quarter of the wealth; one of eight further accounts is empty. */
  #furtherBalance(row: number, ordinal: number, wealth: number, limit: number): number {
    const share = (this.#further.uint32(rowOfAccount(row, ordinal)) & 0xffff) - 0x2000
    if (share <= 0) return 0
    const balance = Math.floor((wealth * share) / 0x4_0000)
    return Math.min(balance, limit)
  }

  /** Day number. The first account is opened with the customer, the others later. */
  openedOnOf(row: number, ordinal: number, customerSince: number): number {
    if (ordinal === 0) return customerSince
    const draw = this.#further.uint32(rowOfAccount(row, ordinal)) >>> 16
    return customerSince + ((draw * (today - customerSince)) >>> 16)
  }
}

/** Below 2^32 for every customer and ordinal, as fields need it. */
export function rowOfAccount(row: number, ordinal: number): number {
  return ordinal * customersMax + row
}
