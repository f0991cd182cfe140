import {
  type AccountNo,
  customerIdBase,
  customerOfAccount,
  openedCustomerIdBase,
} from '../model/sub-tables.js'
import { AccountColumns } from './account-columns.js'
import { CustomerColumns } from './customer-columns.js'
import type { PopulationSpec } from './population.js'

/** The opening balance, in minor units, of any account of a population; 0 for numbers that it did not give. */
export function openingBalances(spec: PopulationSpec): (accountNo: AccountNo) => bigint {
  const customers = new CustomerColumns(spec)
  const accounts = new AccountColumns(spec.seed)
  return (accountNo) => {
    const customer = customerOfAccount(accountNo)
    const ordinal = accountNo % 10
    if (customer < customerIdBase || customer >= openedCustomerIdBase) return 0n
    const row = customers.rowOf(customer)
    if (row >= spec.customers || ordinal >= accounts.countOf(row)) return 0n
    return BigInt(accounts.openingBalanceOf(row, ordinal, accounts.classOf(row, ordinal)))
  }
}
