import { present } from '../../kit/assert.js'
import { accountRouteTable } from './account-route.js'
import { contactTable } from './contact.js'
import { customerTable } from './customer.js'
import { identityRouteTable, mobileRouteTable } from './customer-routes.js'
import { identityDocumentTable } from './identity-document.js'
import { ledgerSubAccountTable } from './ledger-sub-account.js'
import { loginUserTable } from './login-user.js'
import { openingVoucherLineTable, openingVoucherTable } from './opening-voucher.js'
import type { PopulationTable, PopulationTableName } from './population-table.js'
import { depositHoldingTable, wealthHoldingTable } from './product-holding.js'
import { settlementAccountTable } from './settlement-account.js'

/** Every table of the population, in the order in which they are loaded and listed. */
export const populationTables: readonly PopulationTable[] = [
  customerTable,
  settlementAccountTable,
  ledgerSubAccountTable,
  identityDocumentTable,
  contactTable,
  mobileRouteTable,
  identityRouteTable,
  accountRouteTable,
  loginUserTable,
  depositHoldingTable,
  wealthHoldingTable,
  openingVoucherTable,
  openingVoucherLineTable,
]

export function populationTable(name: PopulationTableName): PopulationTable {
  return present(
    populationTables.find((table) => table.name === name),
    `population table ${name}`,
  )
}
