import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { collectLines } from '../../../src/cli/logs/collect-lines.js'
import { timeOfLine } from '../../../src/cli/logs/log-time.js'

const zone = process.env.TZ
let dir = ''
beforeEach(async () => {
  process.env.TZ = 'UTC'
  dir = await mkdtemp(join(tmpdir(), 'corelab-logs-'))
})
afterEach(async () => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
  await rm(dir, { recursive: true, force: true })
})

test.each([
  ['2026-11-22 16:33:05 0 [Note] mariadbd: ready', '2026-11-22T16:33:05.000Z'],
  ['2026-11-22  9:03:05 0 [Note] padded hour', '2026-11-22T09:03:05.000Z'],
  ['2026-11-22 16:33:05.123456+08:00 [info] <0.1.0> started', '2026-11-22T08:33:05.123Z'],
  ['4711:M 22 Nov 2026 16:33:05.123 * Ready to accept connections', '2026-11-22T16:33:05.123Z'],
  ['{"at":"2026-11-22T16:33:05.123Z","seq":1}', '2026-11-22T16:33:05.123Z'],
])('%s is from %s', (line, expected) => {
  expect(new Date(timeOfLine(line) ?? 0).toISOString()).toBe(expected)
})

test('a line of a stack trace has no time of its own', () => {
  expect(timeOfLine('    at run (index.js:3)')).toBeNull()
  expect(timeOfLine('2026-99-99 16:33:05 nonsense')).toBeNull()
})

async function files() {
  const mariadb = join(dir, 'db.log')
  const redis = join(dir, 'redis.log')
  await writeFile(
    mariadb,
    '2026-11-22 10:00:01 0 first\n    more of the first\n2026-11-22 10:00:03 0 third\n',
  )
  await writeFile(redis, '7:M 22 Nov 2026 10:00:02.500 * second\n')
  return [
    { component: 'db-1', path: mariadb },
    { component: 'redis', path: redis },
    { component: 'keeper', path: join(dir, 'not-there.log') },
  ]
}

test('the lines of all files come in the order of their times, stack traces together', async () => {
  const lines = await collectLines(await files(), { count: 100, sinceMs: null })

  expect(lines.map(({ component, text }) => `${component}: ${text.split(' ').slice(-2).join(' ')}`)).toEqual([
    'db-1: 0 first',
    'db-1: the first',
    'redis: * second',
    'db-1: 0 third',
  ])
})

test('the last ones are kept, and old ones left out', async () => {
  const last = await collectLines(await files(), { count: 2, sinceMs: null })
  const young = await collectLines(await files(), {
    count: 100,
    sinceMs: Date.parse('2026-11-22T10:00:02.000Z'),
  })

  expect(last.map(({ component }) => component)).toEqual(['redis', 'db-1'])
  expect(young.map(({ component }) => component)).toEqual(['redis', 'db-1'])
})
