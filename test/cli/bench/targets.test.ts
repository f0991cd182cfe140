import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { grantStatement } from '../../../src/load/external/borrowed-schema.js'
import { type ReplicatedPair, startReplicatedPair } from '../../support/replicated-pair.js'
import { temporaryDir } from '../../support/temp-dir.js'
import { runInProcess } from '../in-process.js'

const dir = temporaryDir()
let pair: ReplicatedPair

beforeAll(async () => {
  pair = await startReplicatedPair()
  await pair.onMaster.query("CREATE USER bench@127.0.0.1 IDENTIFIED BY 'pw-of-bench'")
  await pair.onMaster.query(grantStatement('bench').replace("'...'", "'127.0.0.1'"))
  await pair.caughtUp()
})
afterAll(() => pair?.stop())

const staging = () => [
  '  staging:',
  '    user: bench',
  '    password: { variable: STAGING_PASSWORD }',
  '    servers:',
  `      db-a: { role: master, host: 127.0.0.1, port: ${pair.master.port} }`,
  `      db-b: { role: reader, host: 127.0.0.1, port: ${pair.replica.port} }`,
]
const elsewhere = [
  '  far:',
  '    servers:',
  '      db-c: { role: master, host: 127.0.0.1, user: me, password: { file: secret } }',
  '      db-d: { role: reader, host: 192.0.2.7, user: me }',
]
const writeConfig = (...lines: readonly string[]) =>
  writeFile(join(dir.path, 'corelab.yaml'), ['name: bank', ...lines].join('\n'))
beforeEach(() => writeConfig('targets:', ...staging(), ...elsewhere))

const bench = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runInProcess(['bench', 'run', ...argv], { cwd: dir.path, env })
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

const short = ['-c', '4', '--warm-up', '100ms', '--duration', '700ms', '--json']

test.each([
  ['db-read', []],
  ['db-read', ['--set', 'node=db-b']],
  ['db-write', ['--writes-max', '5000']],
])('%s %j on the servers of corelab.yaml is a figure, saved without the password', async (name, more) => {
  const { code, stdout } = await bench([name, '--target', 'staging', ...more, ...short], {
    STAGING_PASSWORD: 'pw-of-bench',
  })

  const { data } = JSON.parse(stdout)
  expect(code).toBe(0)
  const saved = await readFile(data.resultFile, 'utf8')
  expect(JSON.parse(saved)).toMatchObject({
    notAFigure: null,
    settings: { profile: 'external', transport: 'tcp' },
    command: expect.stringContaining('--target staging'),
  })
  expect(saved + stdout).not.toContain('pw-of-bench')
})

test('a rehearsal names every server, the rights, and where the password is, and asks nobody', async () => {
  const { code, stdout } = await bench(['db-write', '--target', 'staging', '--dry-run'])
  const json = await bench(['db-write', '--target', 'staging', '--dry-run', '--json'])

  expect(code).toBe(0)
  expect(oneLine(stdout)).toContain(`db-a, bench@127.0.0.1:${pair.master.port}, by tcp`)
  expect(oneLine(stdout)).toContain(`db-b, bench@127.0.0.1:${pair.replica.port}`)
  expect(oneLine(stdout)).toContain(grantStatement('bench'))
  expect(oneLine(stdout)).toContain('from STAGING_PASSWORD')
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80)
  expect(JSON.parse(json.stdout).data).toMatchObject({
    dryRun: true,
    servers: [
      { name: 'db-a', role: 'master' },
      { name: 'db-b', role: 'reader' },
    ],
  })
  expect(await readdir(dir.path)).toEqual(['corelab.yaml'])
})

test.each([
  ['stagin', 'TARGET_UNKNOWN', 'It has: staging, far', '--target staging'],
  ['constructor', 'TARGET_UNKNOWN', 'It has: staging, far', '--target staging'],
  ['bench:secret@db', 'USAGE', 'is not an address', 'mysql://USER@HOST:PORT'],
  ['staging', 'TARGET_PASSWORD', 'STAGING_PASSWORD, which holds the password of db-a, is not set', 'export'],
  ['far', 'TARGET_FOREIGN', '192.0.2.7 is another host', '--i-own-this-host'],
])('--target %s: %s, with what to do', async (target, errorCode, message, hint) => {
  const { code, stderr } = await bench(['db-read', '--target', target])

  expect(code).toBe(2)
  expect(oneLine(stderr)).toContain(`Code: ${errorCode}`)
  expect(oneLine(stderr)).toContain(message)
  expect(oneLine(stderr)).toContain(hint)
  expect(stderr).not.toContain('secret@')
})

test('without targets, the error shows how one is written', async () => {
  await writeConfig()
  const { code, stderr } = await bench(['db-read', '--target', 'staging'])

  expect(code).toBe(2)
  expect(stderr).toContain('TARGET_UNKNOWN')
  expect(stderr).toContain('db-a: { role: master, host: 127.0.0.1, port: 3306 }')
})

test('a password in the file is refused with its line, and not repeated', async () => {
  await writeConfig('targets:', ...staging().map((line) => line.replace(/\{ variable.*\}/, 'hunter2')))
  const { code, stderr } = await bench(['db-read', '--target', 'staging'])

  expect(code).toBe(2)
  expect(oneLine(stderr)).toContain('line 5: targets.staging.password is not where a password belongs')
  expect(stderr).not.toContain('hunter2')
})

test('a server that is not of the target is told before anything is asked', async () => {
  const { code, stderr } = await bench(['db-read', '--target', 'staging', '--set', 'node=db-z'])

  expect(code).toBe(2)
  expect(oneLine(stderr)).toContain('staging has no db-z that serves')
  expect(oneLine(stderr)).toContain('--set node=db-b')
})

test('a file with a password counts when its owner alone may read it', async () => {
  await writeConfig(
    'targets:',
    ...staging().map((line) => line.replace('variable: STAGING_PASSWORD', 'file: secret')),
  )
  const file = join(dir.path, 'secret')
  const run = () => bench(['db-read', '--target', 'staging', ...short])

  const absent = await run()
  await writeFile(file, 'pw-of-bench\n', { mode: 0o644 })
  await chmod(file, 0o644)
  const open = await run()
  await chmod(file, 0o600)

  expect(JSON.parse(absent.stdout).error).toMatchObject({ code: 'TARGET_PASSWORD' })
  expect(JSON.parse(open.stdout).error).toMatchObject({ code: 'TARGET_PASSWORD', fix: [`chmod 600 ${file}`] })
  expect((await run()).code).toBe(0)
})
