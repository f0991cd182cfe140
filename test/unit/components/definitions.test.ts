import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { rabbitmqDefinitions } from '../../../src/components/rabbitmq/definitions.js'
import { testSecrets } from '../../support/secrets.js'

interface Definitions {
  readonly users: readonly {
    readonly name: string
    readonly password_hash: string
    readonly tags: readonly string[]
  }[]
  readonly vhosts: readonly { readonly name: string }[]
}

test('there is one user, who administers nothing, and one virtual host', () => {
  const { users, vhosts } = JSON.parse(rabbitmqDefinitions(testSecrets)) as Definitions

  expect(users.map(({ name, tags }) => ({ name, tags }))).toEqual([{ name: 'corelab', tags: [] }])
  expect(vhosts.map(({ name }) => name)).toEqual(['corelab'])
})

test('the password is there as the salted hash that the broker computes', () => {
  const { users } = JSON.parse(rabbitmqDefinitions(testSecrets)) as Definitions
  const bytes = Buffer.from(users[0]!.password_hash, 'base64')
  const [salt, hash] = [bytes.subarray(0, 4), bytes.subarray(4)]

  expect(hash).toEqual(createHash('sha256').update(salt).update(testSecrets.rabbitmq).digest())
})

test('two passwords have two salts', () => {
  const saltOf = (rabbitmq: string) => {
    const { users } = JSON.parse(rabbitmqDefinitions({ ...testSecrets, rabbitmq })) as Definitions
    return Buffer.from(users[0]!.password_hash, 'base64').subarray(0, 4).toString('hex')
  }

  expect(saltOf('one')).not.toBe(saltOf('two'))
})
