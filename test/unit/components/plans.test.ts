import { dirname, isAbsolute } from 'node:path'
import { describe, expect, test } from 'vitest'
import { plannedComponents } from '../../support/plans.js'
import { testSecrets } from '../../support/secrets.js'

const stateDir = '/home/me/bank/.corelab/dev'
const plans = plannedComponents(stateDir)
const passwords = [
  testSecrets.redis,
  testSecrets.rabbitmq,
  testSecrets.erlangCookie,
  ...Object.values(testSecrets.database).flatMap((each) =>
    typeof each === 'string' ? [each] : Object.values(each),
  ),
]

describe.each(plans.map((spec) => [spec.name, spec] as const))('the plan of %s', (_, spec) => {
  test('keeps every folder and file inside the state dir', () => {
    const paths = [
      ...spec.dirs,
      ...spec.files.map((file) => file.path),
      spec.outputLog,
      spec.serverLog,
      spec.cwd,
    ]
    for (const path of paths) expect(path.startsWith(`${stateDir}/`)).toBe(true)
  })

  test('makes the folder of every file that it writes', () => {
    const folders = [...spec.files.map((file) => file.path), spec.outputLog, spec.serverLog].map(dirname)
    for (const folder of [...folders, spec.cwd]) expect(spec.dirs).toContain(folder)
  })

  test('lets nobody else read its files, and shows no password in what `ps` shows', () => {
    for (const file of spec.files) expect(file.mode & 0o077).toBe(0)
    const visible = JSON.stringify([spec.command, spec.args, spec.env, spec.companion])
    for (const password of passwords) expect(visible).not.toContain(password)
  })

  test('has no password in clear text in its files but the cookie, which Erlang wants so', () => {
    for (const file of spec.files.filter((each) => !each.path.endsWith('.erlang.cookie')))
      for (const password of passwords) expect(file.text).not.toContain(password)
  })

  test('leaves no hole in its texts', () => {
    const texts = [...spec.files.map((file) => file.text), ...Object.values(spec.env), ...spec.args]
    for (const text of texts) expect(text).not.toMatch(/undefined|NaN|\[object|<%/)
  })

  test('is data: it survives being written to plan.json', () => {
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
    expect(isAbsolute(spec.command)).toBe(true)
  })
})

test('the same input gives the same plans', () => {
  expect(plannedComponents(stateDir)).toEqual(plans)
})

test('no port is used twice', () => {
  const ports = plans.flatMap((spec) => spec.ports)
  expect(new Set(ports).size).toBe(ports.length)
})

test('everything that listens listens on loopback only', () => {
  const text = (suffix: string) =>
    plans.flatMap((spec) => spec.files).find((file) => file.path.endsWith(suffix))?.text
  expect(text('mariadb.cnf')).toMatch(/^bind_address\s+= 127\.0\.0\.1$/m)
  expect(text('redis.conf')).toMatch(/^bind 127\.0\.0\.1$/m)
  expect(text('rabbitmq.conf')).toMatch(/^listeners\.tcp\.1 = 127\.0\.0\.1:23021$/m)
  const broker = plans.find((spec) => spec.name === 'rabbitmq')
  expect(broker?.env.RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS).toContain('inet_dist_use_interface {127,0,0,1}')
  expect(broker?.companion?.args).toEqual(['-port', '23023', '-address', '127.0.0.1'])
})
