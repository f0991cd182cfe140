import type { DatabaseEngine } from '../../model/database-engine.js'
import type { Secrets } from '../../model/secrets.js'
import { subsystemCodes } from '../../model/subsystem.js'
import type { AccountDialect } from './account-dialects.js'
import { accountDialects } from './account-dialects.js'

/** Accounts of an environment, by purpose. A subsystem's own is {@link subsystemAccount}. */
export const databaseAccounts = Object.freeze({
  keeper: 'corelab_keeper',
  replication: 'corelab_repl',
  qlink: 'corelab_qlink',
  schema: 'corelab_schema',
  loader: 'corelab_loader',
  workload: 'corelab_workload',
})

/** `PAY` -> `pay_app` */
export function subsystemAccount(code: string): string {
  return `${code.toLowerCase()}_app`
}

/** The databases of the business: one per subsystem, named by its code in lower case. */
export const businessSchemas: readonly string[] = subsystemCodes.map((code) => code.toLowerCase())

/**
 * The init file of a node: it runs with full rights on every start, so every node has the same accounts before
 * the first login, and a password changed in the secrets takes effect with the next start. Nothing of it goes
 * into the binlog. One statement per line, because the server reads it by lines. It holds password hashes only.
 */
export function accountsSql(secrets: Secrets, engine: DatabaseEngine): string {
  const texts = knownTexts.get(secrets) ?? new Map<DatabaseEngine, string>()
  knownTexts.set(secrets, texts)
  const text = texts.get(engine) ?? makeAccountsSql(secrets, engine)
  texts.set(engine, text)
  return text
}

/** MySQL's hashes are made to be slow, and a plan needs the same text for four nodes. */
const knownTexts = new WeakMap<Secrets, Map<DatabaseEngine, string>>()

function makeAccountsSql(secrets: Secrets, engine: DatabaseEngine): string {
  const dialect = accountDialects[engine]
  const statements = accountsOf(secrets, dialect).flatMap((account) => statementsOf(account, dialect))
  return `${['SET sql_log_bin=0', ...statements].map((statement) => `${statement};`).join('\n')}\n`
}

interface Account {
  readonly name: string
  readonly password: string
  readonly grants: readonly Grant[]
}

interface Grant {
  readonly privileges: readonly string[]
  /** A database's name, or `*` for all. */
  readonly on: string
}

/** Loopback by TCP, and the unix socket. No account can log in from elsewhere. */
const hosts = ['localhost', '127.0.0.1'] as const

/** Beside its own schema: what a subsystem touches in the same transaction as its own rows. */
const sharedTransactions: Readonly<Record<string, readonly Grant[]>> = {
  // A transfer books both accounts and writes their entries together with its own record.
  pay: [{ privileges: ['SELECT', 'INSERT', 'UPDATE'], on: 'act' }],
}

function accountsOf(secrets: Secrets, dialect: AccountDialect): readonly Account[] {
  const { database } = secrets
  const business = (privileges: readonly string[]) => businessSchemas.map((on) => ({ privileges, on }))
  return [
    {
      name: databaseAccounts.keeper,
      password: database.keeper,
      grants: [
        { privileges: dialect.keeperPrivileges, on: '*' },
        { privileges: ['ALL PRIVILEGES'], on: 'corelab' },
      ],
    },
    {
      name: databaseAccounts.replication,
      password: database.replication,
      grants: [{ privileges: ['REPLICATION SLAVE'], on: '*' }],
    },
    {
      name: databaseAccounts.qlink,
      password: database.qlink,
      grants: [
        { privileges: dialect.qlinkPrivileges, on: '*' },
        // A replayed tail may hold statements of a schema change.
        ...[...businessSchemas, 'bench', 'corelab'].map((on) => ({ privileges: ['ALL PRIVILEGES'], on })),
      ],
    },
    {
      name: databaseAccounts.schema,
      password: database.schema,
      grants: [...businessSchemas, 'bench', 'corelab'].map((on) => ({ privileges: schemaPrivileges, on })),
    },
    {
      name: databaseAccounts.loader,
      password: database.loader,
      grants: [
        { privileges: ['FILE'], on: '*' },
        ...business(['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        // Its book of finished chunks.
        { privileges: ['SELECT', 'INSERT'], on: 'corelab' },
      ],
    },
    {
      name: databaseAccounts.workload,
      password: database.workload,
      grants: [
        ...business(['SELECT']),
        { privileges: ['SELECT'], on: 'corelab' },
        { privileges: ['ALL PRIVILEGES'], on: 'bench' },
      ],
    },
    ...Object.entries(database.subsystems).map(([code, password]) => ({
      name: subsystemAccount(code),
      password,
      grants: [
        { privileges: ['SELECT', 'INSERT', 'UPDATE'], on: code.toLowerCase() },
        // The heartbeat, by which it sees how far a replica is behind.
        { privileges: ['SELECT'], on: 'corelab' },
        ...(sharedTransactions[code.toLowerCase()] ?? []),
      ],
    })),
  ]
}

const schemaPrivileges = ['CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES', 'SELECT', 'INSERT'] as const

function statementsOf(account: Account, dialect: AccountDialect): readonly string[] {
  const identified = dialect.identifiedBy(account.password)
  return hosts.flatMap((host) => {
    const user = `'${account.name}'@'${host}'`
    return [
      `CREATE USER IF NOT EXISTS ${user}`,
      `ALTER USER ${user} ${identified}`,
      ...account.grants.map(
        (grant) => `GRANT ${grant.privileges.join(', ')} ON ${objectOf(grant)} TO ${user}`,
      ),
    ]
  })
}

function objectOf(grant: Grant): string {
  return grant.on === '*' ? '*.*' : `\`${grant.on}\`.*`
}
