import type { Brand } from '../kit/brand.js'

/** A customer's number: ten digits, the first is 1. Small enough to be exact as a JavaScript number. */
export type CustomerId = Brand<number, 'CustomerId'>
/** A settlement account's number: the customer's number, then the account's ordinal digit. */
export type AccountNo = Brand<number, 'AccountNo'>

export const subTableCount = 16
export const customerIdBase = 1_000_000_000
/** Numbers below belong to the generated population, from here on to customers opened by calls. */
export const openedCustomerIdBase = 1_900_000_000

/** The sub-table (0..15) of everything a customer owns. */
export function subTableOfCustomer(customer: CustomerId): number {
  return customer % subTableCount
}

export function customerOfAccount(account: AccountNo): CustomerId {
  return Math.floor(account / 10) as CustomerId
}

export function subTableOfAccount(account: AccountNo): number {
  return subTableOfCustomer(customerOfAccount(account))
}

/** The sub-table (0..15) of a route by mobile number: its last four digits modulo 16. */
export function subTableOfMobile(mobile: string): number {
  return Number(mobile.slice(-4)) % subTableCount
}

/**
 * The sub-table (0..15) of a route by resident identity number: the four digits before the check character (last of
 * the birth day, and the sequence) modulo 16.
 */
export function subTableOfIdentity(identityNo: string): number {
  return Number(identityNo.slice(13, 17)) % subTableCount
}

/** The `ordinal`-th (0..9) account of a customer. */
export function accountNoOf(customer: CustomerId, ordinal: number): AccountNo {
  return (customer * 10 + ordinal) as AccountNo
}

/** `settlement_account` and 7 -> `settlement_account_07` */
export function subTableName(table: string, subTable: number): string {
  return `${table}_${subTable.toString().padStart(2, '0')}`
}
