import type { Endpoints } from '../cluster/endpoints.js'
import { databaseAccounts } from '../components/mysql/accounts-sql.js'
import type { Answer } from './answer.js'
import { shellQuoted } from './shell-quoted.js'

/** What `corelab env` gives to a shell or a program: every address, and the credentials of the workload account. */
export function environmentVariables(endpoints: Endpoints): Readonly<Record<string, string>> {
  const { databases, redis, rabbitmq, subsystems, secrets } = endpoints
  const nodes = databases.flatMap(({ role, host, port, socketPath }) => {
    const prefix = `CORELAB_${role.toUpperCase().replaceAll('-', '_')}`
    return [
      [`${prefix}_HOST`, host],
      [`${prefix}_PORT`, String(port)],
      [`${prefix}_SOCKET`, socketPath],
    ] as const
  })
  const broker = `${rabbitmq.user}:${encodeURIComponent(rabbitmq.password)}@${rabbitmq.host}:${rabbitmq.port}`
  return Object.fromEntries([
    ...nodes,
    ['CORELAB_DB_USER', databaseAccounts.workload],
    ['CORELAB_DB_PASSWORD', secrets.database.workload],
    ['CORELAB_REDIS_URL', `redis://:${encodeURIComponent(redis.password)}@${redis.host}:${redis.port}`],
    ['CORELAB_AMQP_URL', `amqp://${broker}/${encodeURIComponent(rabbitmq.vhost)}`],
    ['CORELAB_SUBSYSTEMS_URL', subsystems.url],
  ])
}

export function variablesAnswer(
  endpoints: Endpoints,
  options: { readonly exported: boolean; readonly env: string },
): Answer {
  const variables = environmentVariables(endpoints)
  const prefix = options.exported ? 'export ' : ''
  return {
    data: variables,
    lines: () => Object.entries(variables).map(([name, value]) => `${prefix}${name}=${shellQuoted(value)}`),
    env: options.env,
  }
}
