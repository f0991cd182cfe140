import { expect, test } from 'vitest'
import { planClientCall } from '../../../src/cli/connect/client-call.js'
import { environmentVariables, variablesAnswer } from '../../../src/cli/environment-variables.js'
import { shellQuoted } from '../../../src/cli/shell-quoted.js'
import { endpoints } from './samples.js'
import { plainScreen } from './screens.js'

test('a password is never on a command line, nor in an address unless it is asked for', () => {
  const passwords = JSON.stringify(endpoints.secrets).match(/secret-\w+/g) ?? []
  const components = ['db-1', 'master', 'slave-2', 'redis', 'rabbitmq', 'subsystems']
  const accounts = ['workload', 'schema', 'pay']
  expect(passwords.length).toBeGreaterThan(6)

  for (const component of components) {
    for (const account of accounts) {
      const call = planClientCall({ component, account }, endpoints)
      const shown = `${call.url} ${call.client?.args.join(' ')}`
      expect(passwords.filter((password) => shown.includes(password))).toEqual([])
    }
  }
})

test('a node is found by its name and by the role it has now', () => {
  const byRole = planClientCall({ component: 'master', account: 'workload' }, endpoints)
  const byName = planClientCall({ component: 'db-2', account: 'workload' }, endpoints)

  expect(byRole.component).toBe('db-2')
  expect(byName).toEqual(byRole)
  expect(byName.client?.args).toContain('--socket=/run/db-2.sock')
  expect(byName.client?.env.MYSQL_PWD).toBe('secret-workload')
})

test('each subsystem has its own account', () => {
  const call = planClientCall({ component: 'master', account: 'PAY' }, endpoints)

  expect(call.url).toBe('mysql://pay_app@127.0.0.1:20002/')
  expect(call.secretUrl).toBe('mysql://pay_app:secret-pay@127.0.0.1:20002/')
})

test('the client of the cache gets its password by the environment', () => {
  const { client } = planClientCall({ component: 'redis', account: 'workload' }, endpoints)

  expect(client?.args).toEqual(['-h', '127.0.0.1', '-p', '20005'])
  expect(client?.env).toEqual({ REDISCLI_AUTH: 'secret-redis' })
})

test('an unknown component or account is answered with the nearest', () => {
  expect(() => planClientCall({ component: 'mastr', account: 'workload' }, endpoints)).toThrowError(
    expect.objectContaining({ code: 'COMPONENT_UNKNOWN', fix: ['corelab connect master', 'corelab status'] }),
  )
  expect(() => planClientCall({ component: 'master', account: 'wrkload' }, endpoints)).toThrowError(
    expect.objectContaining({ code: 'USAGE', detail: expect.stringContaining('The nearest is workload.') }),
  )
})

test('variables name nodes by role, so that a program follows a failover by asking again', () => {
  const variables = environmentVariables(endpoints)

  expect(variables.CORELAB_MASTER_PORT).toBe('20002')
  expect(variables.CORELAB_SLAVE_2_SOCKET).toBe('/run/db-4.sock')
  expect(variables.CORELAB_AMQP_URL).toBe('amqp://corelab:secret-rabbitmq@127.0.0.1:20006/corelab')
})

test('lines can be evaluated by a shell, whatever is in them', () => {
  const odd = { ...endpoints, subsystems: { url: "http://x/?a=1&b='2'" } }

  const lines = variablesAnswer(odd, { exported: true, env: 'default' }).lines(plainScreen)

  expect(lines.at(-1)).toBe(`export CORELAB_SUBSYSTEMS_URL='http://x/?a=1&b='\\''2'\\'''`)
  expect(shellQuoted('/a/b-c.d')).toBe('/a/b-c.d')
  expect(shellQuoted('with space')).toBe("'with space'")
})
