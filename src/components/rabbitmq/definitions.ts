import { createHash } from 'node:crypto'
import type { Secrets } from '../../model/secrets.js'

export const rabbitmqUser = 'corelab'
export const rabbitmqVhost = 'corelab'

/** The definitions file: our user and virtual host, no guest. It holds a salted hash of the password. */
export function rabbitmqDefinitions(secrets: Secrets): string {
  const definitions = {
    users: [
      {
        name: rabbitmqUser,
        password_hash: passwordHash(secrets.rabbitmq),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: [],
        limits: {},
      },
    ],
    vhosts: [{ name: rabbitmqVhost, limits: [], metadata: { description: 'corelab', tags: [] } }],
    permissions: [{ user: rabbitmqUser, vhost: rabbitmqVhost, configure: '.*', write: '.*', read: '.*' }],
    policies: [],
    queues: [],
    exchanges: [],
    bindings: [],
    parameters: [],
  }
  return `${JSON.stringify(definitions, null, 2)}\n`
}

/**
 * RabbitMQ's format: base64(salt + sha256(salt + password)), 4 bytes of salt. The salt is derived from the
 * password, so that a plan is the same each time; a generated password needs no other.
 */
function passwordHash(password: string): string {
  const salt = createHash('sha256').update(`salt of ${password}`).digest().subarray(0, 4)
  const hash = createHash('sha256').update(salt).update(password).digest()
  return Buffer.concat([salt, hash]).toString('base64')
}
