import type { Endpoints } from '../../cluster/endpoints.js'
import { databaseAccounts, subsystemAccount } from '../../components/mysql/accounts-sql.js'
import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'

/** How to reach one component, as an address and, where there is one, as a call of its own client. */
export interface ClientCall {
  readonly component: string
  /** With the password, if it has one: show it only when asked to. */
  readonly secretUrl: string
  readonly url: string
  readonly client: {
    /** File names to look for, best first. */
    readonly programs: readonly string[]
    readonly args: readonly string[]
    /** Carries the password: on a command line every user of the host could read it. */
    readonly env: Readonly<Record<string, string>>
  } | null
}

export const defaultAccount = 'workload'

/**
 * The call for a component, named by its name or, for a node, by its role. Pure. Throws COMPONENT_UNKNOWN and USAGE,
 * each with the nearest name.
 */
export function planClientCall(
  wanted: { readonly component: string; readonly account: string },
  endpoints: Endpoints,
): ClientCall {
  const { redis, rabbitmq, subsystems } = endpoints
  const node = endpoints.databases.find(
    ({ name, role }) => name === wanted.component || role === wanted.component,
  )
  if (node !== undefined) return databaseCall(node, wanted.account, endpoints)
  switch (wanted.component) {
    case 'redis':
      return redisCall(redis)
    case 'rabbitmq': {
      const { host, port, user, password, vhost } = rabbitmq
      const at = `${host}:${port}/${vhost}`
      return {
        component: 'rabbitmq',
        url: `amqp://${user}@${at}`,
        secretUrl: `amqp://${user}:${password}@${at}`,
        client: null,
      }
    }
    case 'subsystems':
      return { component: 'subsystems', url: subsystems.url, secretUrl: subsystems.url, client: null }
    default:
      throw unknownComponent(wanted.component, endpoints)
  }
}

function databaseCall(
  node: Endpoints['databases'][number],
  account: string,
  { secrets, engine }: Endpoints,
): ClientCall {
  const { user, password } = accountOf(account, secrets.database)
  const at = `${node.host}:${node.port}/`
  return {
    component: node.name,
    url: `mysql://${user}@${at}`,
    secretUrl: `mysql://${user}:${password}@${at}`,
    client: {
      // Each speaks to the other's server, too.
      programs: engine === 'mysql' ? ['mysql', 'mariadb'] : ['mariadb', 'mysql'],
      // The user's own option file could bring another password.
      args: [
        '--no-defaults',
        `--socket=${node.socketPath}`,
        `--user=${user}`,
        '--default-character-set=utf8mb4',
      ],
      env: { MYSQL_PWD: password, MYSQL_PS1: `${node.name} (${node.role}) [\\d]> ` },
    },
  }
}

function redisCall({ host, port, password }: Endpoints['redis']): ClientCall {
  return {
    component: 'redis',
    url: `redis://${host}:${port}`,
    secretUrl: `redis://:${password}@${host}:${port}`,
    client: {
      programs: ['redis-cli'],
      args: ['-h', host, '-p', String(port)],
      env: { REDISCLI_AUTH: password },
    },
  }
}

function accountOf(
  account: string,
  secrets: Endpoints['secrets']['database'],
): { readonly user: string; readonly password: string } {
  const { subsystems, ...services } = secrets
  const service = Object.entries(services).find(([name]) => name === account)
  if (service !== undefined) {
    return { user: databaseAccounts[service[0] as keyof typeof services], password: service[1] }
  }
  const password = subsystems[account.toLowerCase()]
  if (password !== undefined) return { user: subsystemAccount(account), password }
  const known = [...Object.keys(services), ...Object.keys(subsystems)]
  const near = nearest(account, known)
  throw corelabError('USAGE', {
    message: `There is no database account "${account}"`,
    detail: `Accounts: ${known.join(', ')}.${near === null ? '' : ` The nearest is ${near}.`}`,
    fix: ['corelab connect --help'],
  })
}

function unknownComponent(component: string, { databases }: Endpoints) {
  const known = [...databases.flatMap(({ name, role }) => [name, role]), 'redis', 'rabbitmq', 'subsystems']
  const near = nearest(component, known)
  return corelabError('COMPONENT_UNKNOWN', {
    message: `There is no component "${component}"`,
    detail: `Components and roles: ${known.join(', ')}.`,
    fix: [...(near === null ? [] : [`corelab connect ${near}`]), 'corelab status'],
  })
}
