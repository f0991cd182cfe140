import { expect, test } from 'vitest'
import { scenarioCatalogue } from '../../../src/load/scenarios/catalogue.js'
import { temporaryDir } from '../../support/temp-dir.js'
import { runInProcess } from '../in-process.js'

const dir = temporaryDir()
const bench = (...argv: string[]) => runInProcess(['bench', ...argv], { cwd: dir.path })
/** Lines to be typed are as long as the path of this program. */
const widest = (text: string) =>
  Math.max(...text.split('\n').map((line) => (/ bench (?:run|describe) \S+$/.test(line) ? 0 : line.length)))
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

test('the list has every scenario on a line of 80 columns', async () => {
  const { code, stdout } = await bench('list')

  expect(code).toBe(0)
  for (const { name } of scenarioCatalogue) expect(stdout).toMatch(new RegExp(`^${name} +[QT]PS +\\w`, 'm'))
  expect(widest(stdout)).toBeLessThanOrEqual(80)
})

test.each(scenarioCatalogue.map(({ name }) => name))('%s can be described in 80 columns', async (name) => {
  const { code, stdout } = await bench('describe', name)

  expect(code).toBe(0)
  expect(stdout).toMatch(/bench run \S+$/m)
  expect(widest(stdout)).toBeLessThanOrEqual(80)
})

test.each([
  [['run', 'db-raed'], 'There is no scenario "db-raed"', 'bench run db-read'],
  [['run', 'db-read', '--set', 'nod=all'], 'Scenario db-read has no option "nod"', '--set node=...'],
  [['run', 'db-read', '--set', 'node=5'], '"5" is not a value of the option node', 'slave-2'],
  [['run', 'db-read', '--set', 'node'], '"node" does not set an option', '--set name=value'],
  [['run', 'db-read', '--rate', '10', '--think', '1s'], '--rate plans when operations begin', '--think'],
  [['run', 'db-read', '--skip-after', '1s'], '--skip-after is about planned times', 'Code: USAGE'],
  [['run', 'db-read', '-n'], '--dry-run is about servers of somebody else', '--target'],
  [['run', 'db-read'], 'There is no corelab.yaml', 'PROJECT_NOT_FOUND'],
])('%j is refused with what to do instead', async (argv, message, hint) => {
  const { code, stderr } = await bench(...argv)

  expect(code).toBe(2)
  expect(oneLine(stderr)).toContain(message)
  expect(oneLine(stderr)).toContain(hint)
})

test('a rehearsal names schema, load, cap and rights, and never the password', async () => {
  const target = ['--target', 'mysql://bench:secret@db.example:3307', '--dry-run', '--writes-max', '500']
  const { code, stdout } = await bench('run', 'db-write', ...target)
  const json = await bench('run', 'db-write', ...target, '--json')

  expect(code).toBe(0)
  expect(oneLine(stdout)).toContain('at most 500')
  expect(oneLine(stdout)).toContain('GRANT CREATE, DROP, SELECT, INSERT, UPDATE ON `corelab\\_bench\\_%`.*')
  expect(stdout + json.stdout).not.toContain('secret')
  expect(JSON.parse(json.stdout).data).toMatchObject({ dryRun: true, writesMax: 500 })
  expect(widest(stdout)).toBeLessThanOrEqual(80)
})

test('another host is not touched by accident', async () => {
  const { code, stderr } = await bench('run', 'db-read', '--target', 'mysql://bench@192.0.2.7')

  expect(code).toBe(2)
  expect(stderr).toContain('--i-own-this-host')
})
