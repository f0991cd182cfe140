import type { PopulationParts } from '../population-parts.js'
import { AccountRouteRows } from './account-route.js'
import { ContactRows } from './contact.js'
import { CustomerRows } from './customer.js'
import { IdentityRouteRows, MobileRouteRows } from './customer-routes.js'
import { IdentityDocumentRows } from './identity-document.js'
import { LedgerSubAccountRows } from './ledger-sub-account.js'
import { LoginUserRows } from './login-user.js'
import { OpeningVoucherLineRows, OpeningVoucherRows } from './opening-voucher.js'
import type { PopulationTableName, TableRows } from './population-table.js'
import { DepositHoldingRows, WealthHoldingRows } from './product-holding.js'
import { SettlementAccountRows } from './settlement-account.js'

/** What writes the rows of a table. */
export function tableRows(name: PopulationTableName, parts: PopulationParts): TableRows {
  return makers[name](parts)
}

const makers: Readonly<Record<PopulationTableName, (parts: PopulationParts) => TableRows>> = {
  'cif.customer': (parts) => new CustomerRows(parts),
  'cif.identity_document': (parts) => new IdentityDocumentRows(parts),
  'cif.contact': (parts) => new ContactRows(parts),
  'cif.route_mobile': (parts) => new MobileRouteRows(parts),
  'cif.route_identity': (parts) => new IdentityRouteRows(parts),
  'cif.route_account': (parts) => new AccountRouteRows(parts),
  'iam.login_user': (parts) => new LoginUserRows(parts),
  'act.settlement_account': (parts) => new SettlementAccountRows(parts),
  'act.ledger_sub_account': (parts) => new LedgerSubAccountRows(parts),
  'lia.product_holding': (parts) => new DepositHoldingRows(parts),
  'wlt.product_holding': (parts) => new WealthHoldingRows(parts),
  'acc.opening_voucher': (parts) => new OpeningVoucherRows(parts, parts.openingSums),
  'acc.opening_voucher_line': (parts) => new OpeningVoucherLineRows(parts, parts.openingSums),
}
