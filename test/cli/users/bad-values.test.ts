import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, makeProject } from '../../support/corelab.js'
import { runInProcess } from '../in-process.js'

let outside = ''
let project: Awaited<ReturnType<typeof makeProject>>
beforeAll(async () => {
  outside = await makeFolder()
  project = await makeProject()
})
afterAll(async () => {
  await project?.dispose()
  await rm(outside, { recursive: true, force: true })
})

const verbs = ['generate', 'load', 'verify', 'sample', 'describe'] as const
const users = (...args: readonly string[]) => runInProcess(['users', ...args, '--json'], { cwd: project.dir })

const notNumbers = ['0', '-1', '-5', '1e12', '1000000000000', '2.5', 'many', '', 'NaN', '0x10']

const countRanges = { sample: '1 to 1,000' } as const
const flags: readonly (readonly [verb: string, flag: string, range: string, values: readonly string[]])[] = [
  ...verbs.flatMap((verb) => [
    [verb, '--count', countRanges[verb as 'sample'] ?? '1 to 536,870,912', notNumbers] as const,
    [verb, '--entities', '1 to 81', [...notNumbers, '82', 'E07']] as const,
  ]),
  ['sample', '--row', '0 to 536,870,911', ['-1', '1e12', '536870912', 'x']],
  ['sample', '--id', '0 to ', ['-1', '1e12', '99999999999', 'x']],
  ['describe', '--sample', '100 to 2,000,000', ['0', '-1', '99', '1e12', 'x']],
  ['generate', '--workers', '1 to 256', ['0', '-1', '257', '1e12', '2.5', 'x']],
  ['verify', '--workers', '1 to 256', ['0', '-1', '257', '1e12', '2.5', 'x']],
]

test.each(flags)(
  'users %s refuses what is no value of %s, and says that %s is allowed',
  async (verb, flag, range, values) => {
    for (const value of values) {
      const { code, stdout } = await users(verb, `${flag}=${value}`)
      const { error } = JSON.parse(stdout)
      expect([code, error?.code], `${flag}=${value}: ${stdout}`).toEqual([2, 'USAGE'])
      expect(`${error.message}\n${error.detail ?? ''}`, `${flag}=${value}`).toContain(range)
    }
  },
)

test.each(verbs)(
  'users %s refuses a language that it does not have, with those that it has',
  async (verb) => {
    const { code, stdout } = await users(verb, '--locale', 'fr')

    expect([code, stdout]).toEqual([2, expect.stringMatching(/zh.*en/)])
  },
)

test.each(['E00', 'E82', 'E7', 'e', '81', ''])(
  'an unknown entity is refused with those that there are: "%s"',
  async (entity) => {
    const { code, stdout } = await users('sample', `--entity=${entity}`)

    expect([code, JSON.parse(stdout).error?.code]).toEqual([2, 'USAGE'])
    expect(JSON.parse(stdout).error.message + JSON.parse(stdout).error.detail).toMatch(/E01.*E81/s)
  },
)

test('an entity that the asked population does not have is refused, too', async () => {
  const { code, stdout } = await users('sample', '--entities', '3', '--entity', 'E04')

  expect([code, stdout]).toEqual([2, expect.stringMatching(/E01.*E03/)])
})

test.each(['spring', '-1', '1e12', '4294967296', '1.5', ''])(
  'a seed that is no whole number is hashed, and that is said: "%s"',
  async (seed) => {
    const one = await runInProcess(['users', 'sample', `--seed=${seed}`], { cwd: outside })
    const same = await runInProcess(['users', 'sample', `--seed=${seed}`], { cwd: outside })

    expect([one.code, one.stdout]).toEqual([0, same.stdout])
    expect(one.stdout.replaceAll(/\s+/g, ' ')).toContain(`(hashed from "${seed}")`)
  },
)

test('the largest whole number of a seed is taken as it is', async () => {
  const { code, stdout } = await runInProcess(['users', 'sample', '--seed', '4294967295'], { cwd: outside })

  expect([code, stdout]).toEqual([0, expect.not.stringContaining('hashed')])
})
