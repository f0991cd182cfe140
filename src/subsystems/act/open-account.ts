import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import { accountNoOf, type CustomerId } from '../../model/sub-tables.js'
import { applyOnce } from '../../platform/applied-request.js'
import { countField, refuseOtherFields } from '../../platform/argument.js'
import { BusinessRefusal } from '../../platform/business-refusal.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { dayOf } from '../../platform/sql-time.js'
import { customerIdField } from '../cif/customer-fields.js'
import { activeCustomer, type CustomerView } from '../cif/customer-row.js'
import { currencyField } from './account-fields.js'
import { accountsOfCustomer } from './account-queries.js'
import { type AccountRow, accountTable, accountView, activeStatus } from './account-row.js'

/**
 * `SettlementAccountService/open`: a further account of a customer, with balance zero. A person has at most one
 * account of class I in an entity, and ten accounts in all.
 */
export async function openAccount(call: ServiceCall, platform: SubsystemPlatform) {
  const { argument, context } = call
  refuseOtherFields(argument, ['customerId', 'accountClass', 'currency'])
  const customerId = customerIdField(argument)
  const accountClass = countField(argument, 'accountClass', { min: 1, max: 3, otherwise: 1 })
  const currency = currencyField(argument)
  await refuseInactiveCustomer(call, platform, customerId)
  const nowMs = platform.clock.wallMs()
  const openedOn = context.businessDate ?? dayOf(nowMs)
  return platform.dataSource.write(
    (connection) =>
      applyOnce(connection, { schema: 'act', call, nowMs }, async () => {
        const ordinal = await nextOrdinal(connection, { le: context.le, customerId, accountClass })
        const row: AccountRow = {
          accountNo: accountNoOf(customerId, ordinal),
          customerId,
          accountClass,
          currency,
          balance: 0n,
          status: activeStatus,
          openedOn,
          rowVersion: 0,
        }
        await insertAccount(connection, context.le, row)
        return accountView(row)
      }),
    { lockName: `act:${context.le}:${customerId}` },
  )
}

const accountsMax = 10

/** CIF is asked on the master: the customer may have been opened a moment ago. */
async function refuseInactiveCustomer(
  call: ServiceCall,
  platform: SubsystemPlatform,
  customerId: CustomerId,
): Promise<void> {
  const customer = (await platform.call({
    interfaceName: 'cn.corelab.cif.PersonService',
    method: 'get',
    argument: { customerId: customerId.toString() },
    context: { ...call.context, readMode: 'master' },
  })) as CustomerView
  if (customer.status !== activeCustomer)
    throw new BusinessRefusal('CUSTOMER_NOT_ACTIVE', `customer ${customerId} is not active`)
}

async function nextOrdinal(
  connection: SqlConnection,
  wanted: { readonly le: LegalEntity; readonly customerId: CustomerId; readonly accountClass: number },
): Promise<number> {
  const { le, customerId, accountClass } = wanted
  const accounts = await accountsOfCustomer(connection, { le, customerId })
  if (accountClass === 1 && accounts.some((account) => account.accountClass === 1))
    throw new BusinessRefusal(
      'ACCOUNT_CLASS_NOT_OPEN',
      `customer ${customerId} already has an account of class I`,
    )
  const last = accounts.at(-1)
  const ordinal = last ? (last.accountNo % 10) + 1 : 0
  if (ordinal < accountsMax) return ordinal
  throw new BusinessRefusal('ACCOUNTS_FULL', `customer ${customerId} already has ${accountsMax} accounts`)
}

async function insertAccount(connection: SqlConnection, le: LegalEntity, row: AccountRow): Promise<void> {
  await connection.execute(
    `INSERT INTO ${accountTable(row.accountNo)}
      (le_code, account_no, customer_id, account_class, currency, balance, status, opened_on, row_version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      le,
      row.accountNo,
      row.customerId,
      row.accountClass,
      row.currency,
      row.balance,
      row.status,
      row.openedOn,
      row.rowVersion,
    ],
  )
}
