import type { Secrets } from '../../src/model/secrets.js'
import { subsystemCodes } from '../../src/model/subsystem.js'

/** Passwords that are alike in nothing but their form. */
export const testSecrets: Secrets = {
  schema: 'corelab/secrets@1',
  database: {
    keeper: 'keeper-secret',
    replication: 'replication-secret',
    qlink: 'qlink-secret',
    schema: 'schema-secret',
    loader: 'loader-secret',
    workload: 'workload-secret',
    subsystems: Object.fromEntries(
      subsystemCodes.map((code) => [code.toLowerCase(), `${code.toLowerCase()}-secret`]),
    ),
  },
  redis: 'redis-secret',
  rabbitmq: 'rabbitmq-secret',
  erlangCookie: 'ERLANGCOOKIEFORTESTS',
}
