import { today } from './calendar.js'
import { Field } from './field.js'
import { BalanceTable, balanceCurves } from './opening-balances.js'
import { customersMax } from './population.js'
import { weightedTable } from './weighted-table.js'

/** Of 100 customers 68 have one account, 24 two, 8 three: 1.4 on average. */
export const accountsPerCustomerMax = 3
const accountCounts = weightedTable([0, 68, 24, 8])

/** Classes of an account by its ordinal; class I stands at index 1. A person has at most one of class I. */
const classesByOrdinal = [
  weightedTable([0, 88, 12, 0]),
  weightedTable([0, 0, 78, 22]),
  weightedTable([0, 0, 30, 70]),
] as const

export type AccountClass = 1 | 2 | 3

/** The columns of a settlement account, as functions of the customer's row and the account's ordinal (0 to 2). */
export class AccountColumns {
  readonly #count: Field
  readonly #class: Field
  readonly #amount: Field
  readonly #zero: Field
  readonly #openedOn: Field
  readonly #balances = {
    1: new BalanceTable(balanceCurves[1]),
    2: new BalanceTable(balanceCurves[2]),
    3: new BalanceTable(balanceCurves[3]),
  } as const

  constructor(seed: number) {
    this.#count = new Field(seed, 'settlement_account', 'count')
    this.#class = new Field(seed, 'settlement_account', 'account_class')
    this.#amount = new Field(seed, 'settlement_account', 'balance')
    this.#zero = new Field(seed, 'settlement_account', 'zero')
    this.#openedOn = new Field(seed, 'settlement_account', 'opened_on')
  }

  /** How many accounts a customer has: 1 to 3. */
  countOf(row: number): number {
    return accountCounts[this.#count.uint32(row) >>> 16] as number
  }

  classOf(row: number, ordinal: number): AccountClass {
    const table = classesByOrdinal[ordinal as 0 | 1 | 2]
    return table[this.#class.uint32(rowOfAccount(row, ordinal)) >>> 16] as AccountClass
  }

  /** The opening balance in minor units: a safe integer, never negative, within the limit of the class. */
  openingBalanceOf(row: number, ordinal: number, accountClass: AccountClass): number {
    const account = rowOfAccount(row, ordinal)
    return this.#balances[accountClass].amount(this.#amount.uint32(account), this.#zero.uint32(account))
  }

  /** Day number. The first account is opened with the customer, the others later. */
  openedOnOf(row: number, ordinal: number, customerSince: number): number {
    if (ordinal === 0) return customerSince
    return customerSince + this.#openedOn.below(rowOfAccount(row, ordinal), today - customerSince)
  }
}

/** Below 2^32 for every customer and ordinal, as fields need it. */
function rowOfAccount(row: number, ordinal: number): number {
  return ordinal * customersMax + row
}
