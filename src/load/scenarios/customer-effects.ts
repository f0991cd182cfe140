import type { SqlConnection } from '../../clients/mysql/connection.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import {
  type AccountNo,
  type CustomerId,
  subTableName,
  subTableOfAccount,
  subTableOfCustomer,
} from '../../model/sub-tables.js'
import { sentence } from '../acks/compare-acks.js'

/** Schemas whose subsystems keep the answers of what they changed. */
const answering = ['cif', 'act'] as const

/** The keys under which a run changed something, on one node. */
export async function appliedKeys(connection: SqlConnection, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for (const schema of answering) {
    const rows = await connection.query<{ key: string }>(
      `SELECT idempotency_key AS \`key\` FROM ${schema}.applied_request WHERE idempotency_key LIKE ?`,
      [`${prefix}%`],
    )
    for (const { key } of rows) keys.push(key)
  }
  return keys
}

/**
 * Looks for the effects of a run on the master: each customer that was opened is there once, with the identity and the
 * address that the answer told, and its identity leads to it; each account is there, of its customer; each change is
 * there, or a later one.
 */
export async function checkCustomerEffects(connection: SqlConnection, prefix: string): Promise<BenchCheck> {
  const people = await answersOf<PersonAnswer>(connection, 'cif', prefix)
  const accounts = await answersOf<AccountAnswer>(connection, 'act', prefix)
  const opened = people.filter(({ operation }) => operation.endsWith('/create'))
  const changed = people.filter(({ operation }) => operation.endsWith('/update'))
  const customers = await customersNow(connection, people)
  const held = await accountsNow(connection, accounts)
  const routes = await identityRoutes(connection, opened)
  const customerOf = ({ le, answer }: Answer<PersonAnswer>) => customers.get(`${le} ${answer.customerId}`)
  const name = 'effects of the transactions'
  const violations = [
    ...sentence(
      'opened customers are not there as they were answered',
      keysOf(opened, (each) => customerOf(each)?.identityNo !== each.answer.identityNo),
    ),
    ...sentence(
      'identities of opened customers do not lead to them',
      keysOf(opened, ({ le, answer }) => routes.get(`${le} ${answer.identityNo}`) !== answer.customerId),
    ),
    ...sentence(
      'opened customers share a number',
      repeatedKeys(opened, ({ le, answer }) => `${le} ${answer.customerId}`),
    ),
    ...sentence(
      'changed contacts are not there',
      keysOf(changed, (each) => !holds(each.answer, customerOf(each))),
    ),
    ...sentence(
      'added accounts are not there',
      keysOf(accounts, ({ le, answer }) => held.get(`${le} ${answer.accountNo}`) !== answer.customerId),
    ),
    ...sentence(
      'added accounts share a number',
      repeatedKeys(accounts, ({ le, answer }) => `${le} ${answer.accountNo}`),
    ),
  ]
  if (violations.length > 0) return { name, valid: false, summary: violations.join('; ') }
  return {
    name,
    valid: true,
    summary: `${formatCount(opened.length)} customers opened, ${formatCount(changed.length)} contacts changed, ${formatCount(accounts.length)} accounts added: all there`,
  }
}

interface PersonAnswer {
  readonly customerId: string
  readonly identityNo: string
  readonly address: string
  readonly rowVersion: number
}

interface AccountAnswer {
  readonly accountNo: string
  readonly customerId: string
}

interface Answer<T> {
  readonly le: LegalEntity
  readonly key: string
  readonly operation: string
  readonly answer: T
}

async function answersOf<T>(
  connection: SqlConnection,
  schema: (typeof answering)[number],
  prefix: string,
): Promise<Answer<T>[]> {
  const rows = await connection.query<Omit<Answer<T>, 'answer'> & { answer: string }>(
    `SELECT le_code AS le, idempotency_key AS \`key\`, operation, answer
       FROM ${schema}.applied_request WHERE idempotency_key LIKE ?`,
    [`${prefix}%`],
  )
  return rows.map((row) => ({ ...row, answer: JSON.parse(row.answer) as T }))
}

interface CustomerNow {
  readonly customerId: number
  readonly identityNo: string
  readonly address: string
  readonly rowVersion: number
}

/** By `le number`. */
async function customersNow(
  connection: SqlConnection,
  answers: readonly Answer<PersonAnswer>[],
): Promise<ReadonlyMap<string, CustomerNow>> {
  const now = new Map<string, CustomerNow>()
  const wanted = answers.map(({ le, answer }) => ({ le, id: Number(answer.customerId) }))
  await eachGroup(
    wanted,
    (id) => subTableOfCustomer(id as CustomerId),
    async (group) => {
      const rows = await connection.query<CustomerNow>(
        `SELECT customer_id AS customerId, identity_no AS identityNo, address, row_version AS rowVersion
         FROM cif.${subTableName('customer', group.subTable)}
        WHERE le_code = '${group.le}' AND customer_id IN (${group.ids.join(', ')})`,
      )
      for (const row of rows) now.set(`${group.le} ${row.customerId}`, row)
    },
  )
  return now
}

/** The customer of each account, by `le account`. */
async function accountsNow(
  connection: SqlConnection,
  answers: readonly Answer<AccountAnswer>[],
): Promise<ReadonlyMap<string, string>> {
  const now = new Map<string, string>()
  const wanted = answers.map(({ le, answer }) => ({ le, id: Number(answer.accountNo) }))
  await eachGroup(
    wanted,
    (id) => subTableOfAccount(id as AccountNo),
    async (group) => {
      const rows = await connection.query<{ accountNo: number; customerId: number }>(
        `SELECT account_no AS accountNo, customer_id AS customerId
         FROM act.${subTableName('settlement_account', group.subTable)}
        WHERE le_code = '${group.le}' AND account_no IN (${group.ids.join(', ')})`,
      )
      for (const row of rows) now.set(`${group.le} ${row.accountNo}`, `${row.customerId}`)
    },
  )
  return now
}

/** The customer that each identity leads to, by `le identity`. */
async function identityRoutes(
  connection: SqlConnection,
  opened: readonly Answer<PersonAnswer>[],
): Promise<ReadonlyMap<string, string>> {
  const now = new Map<string, string>()
  const wanted = opened.map(({ le, answer }) => ({ le, id: answer.identityNo }))
  await eachGroup(
    wanted,
    (id) => Number(id.slice(13, 17)) % 16,
    async (group) => {
      const ids = group.ids.map((id) => `'${id}'`).join(', ')
      const rows = await connection.query<{ identityNo: string; customerId: number }>(
        `SELECT identity_no AS identityNo, customer_id AS customerId
         FROM cif.${subTableName('route_identity', group.subTable)}
        WHERE le_code = '${group.le}' AND identity_no IN (${ids})`,
      )
      for (const row of rows) now.set(`${group.le} ${row.identityNo}`, `${row.customerId}`)
    },
  )
  return now
}

/** Rows are asked for by ranges of the primary key: of one entity and one sub-table at a time. */
async function eachGroup<Id extends number | string>(
  wanted: readonly { readonly le: LegalEntity; readonly id: Id }[],
  subTableOf: (id: Id) => number,
  ask: (group: {
    readonly le: LegalEntity
    readonly subTable: number
    readonly ids: readonly Id[]
  }) => Promise<void>,
): Promise<void> {
  const groups = new Map<string, { le: LegalEntity; subTable: number; ids: Id[] }>()
  for (const { le, id } of wanted) {
    const subTable = subTableOf(id)
    const group = groups.get(`${le} ${subTable}`) ?? { le, subTable, ids: [] }
    group.ids.push(id)
    groups.set(`${le} ${subTable}`, group)
  }
  for (const group of groups.values()) await ask(group)
}

/** A later change of the same customer has taken this one's place. */
function holds(answer: PersonAnswer, now: CustomerNow | undefined): boolean {
  if (!now || now.rowVersion < answer.rowVersion) return false
  return now.rowVersion > answer.rowVersion || now.address === answer.address
}

function keysOf<T>(answers: readonly Answer<T>[], matches: (answer: Answer<T>) => boolean): string[] {
  return answers.filter(matches).map(({ key }) => key)
}

function repeatedKeys<T>(answers: readonly Answer<T>[], nameOf: (answer: Answer<T>) => string): string[] {
  const seen = new Set<string>()
  return keysOf(answers, (each) => {
    const known = seen.has(nameOf(each))
    seen.add(nameOf(each))
    return known
  })
}
