import type { OperationHandler } from '../platform/service-call.js'
import { getAccount, listAccounts, summariseAccount } from './act/account-queries.js'
import { listEntries } from './act/list-entries.js'
import { openAccount } from './act/open-account.js'
import { getCustomer, listCustomers } from './cif/customer-queries.js'
import { openCustomer } from './cif/open-customer.js'
import { updateContact } from './cif/update-contact.js'
import { submitTransfer } from './pay/submit-transfer.js'
import { getTransfer, queryTransfer } from './pay/transfer-queries.js'

/** The operations written by hand. The catalogue says the same (`impl: flow`); a test keeps the two equal. */
export const builtInOperations: Readonly<Record<string, OperationHandler>> = Object.freeze({
  'cn.corelab.cif.PersonService/create': openCustomer,
  'cn.corelab.cif.PersonService/get': getCustomer,
  'cn.corelab.cif.PersonService/list': listCustomers,
  'cn.corelab.cif.PersonService/update': updateContact,
  'cn.corelab.act.SettlementAccountService/open': openAccount,
  'cn.corelab.act.SettlementAccountService/get': getAccount,
  'cn.corelab.act.SettlementAccountService/summary': summariseAccount,
  'cn.corelab.act.SettlementAccountService/list': listAccounts,
  'cn.corelab.act.AccountEntryService/list': listEntries,
  'cn.corelab.pay.IntraEntityTransferService/submit': submitTransfer,
  'cn.corelab.pay.IntraEntityTransferService/get': getTransfer,
  'cn.corelab.pay.IntraEntityTransferService/queryByRequestId': queryTransfer,
})
