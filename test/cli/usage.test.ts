import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corelab, makeFolder } from '../support/corelab.js'
import { runInProcess } from './in-process.js'

let cwd = ''
beforeAll(async () => {
  cwd = await makeFolder()
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

/** Command lines that nobody meant, with what must be suggested. */
const wrong: readonly {
  readonly argv: readonly string[]
  readonly says: string
  readonly suggests: string
}[] = [
  { argv: ['stauts'], says: 'There is no command "stauts"', suggests: 'corelab status' },
  { argv: ['frobnicate'], says: 'There is no command "frobnicate"', suggests: 'corelab --help' },
  {
    argv: ['up', '--profil', 'tiny'],
    says: 'corelab up has no flag --profil',
    suggests: 'corelab up --profile tiny',
  },
  {
    argv: ['down', '--volume=x'],
    says: 'corelab down has no flag --volume',
    suggests: 'corelab down --volumes=x',
  },
  {
    argv: ['up', '--profile', 'smal'],
    says: '--profile "smal" is not possible',
    suggests: 'corelab up --help',
  },
  {
    argv: ['up', '--port-base', 'abc'],
    says: '--port-base: Expected an integer',
    suggests: 'corelab up --help',
  },
  { argv: ['up', '--timeout', '90'], says: '"90" is not a duration', suggests: 'corelab up --help' },
  { argv: ['up', '--profile'], says: '--profile expects one of', suggests: 'corelab up --help' },
  { argv: ['up', 'now'], says: 'Unexpected argument: now', suggests: 'corelab up --help' },
  { argv: ['connect'], says: 'corelab connect needs COMPONENT', suggests: 'corelab connect COMPONENT' },
  { argv: ['up', '-q', '-v'], says: '--quiet', suggests: 'corelab up --help' },
  {
    argv: ['--env', 'x', 'status'],
    says: '--env stands where a command is expected',
    suggests: 'corelab status --env x',
  },
  {
    argv: ['explain', 'PORT_IN_US'],
    says: 'no error code "PORT_IN_US"',
    suggests: 'corelab explain PORT_IN_USE',
  },
  { argv: ['status', '-e', 'Not A Name'], says: '', suggests: '' },
]

describe.each(wrong)('corelab $argv', ({ argv, says, suggests }) => {
  test('is answered for people: exit 2, what is wrong, the nearest right thing', async () => {
    const { code, stdout, stderr } = await runInProcess(argv, { cwd })

    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(oneLine(stderr)).toContain(says)
    expect(stderr.replaceAll(/node \S+/g, 'corelab')).toContain(suggests)
  })

  test('is answered for machines: exit 2, one JSON object on stdout, nothing else', async () => {
    const { code, stdout, stderr } = await runInProcess([...argv, '--json'], { cwd })

    const answer = JSON.parse(stdout)
    expect(code).toBe(2)
    expect(stderr).toBe('')
    expect(answer).toMatchObject({ schema: 'corelab/error@1', ok: false, meta: { exit: 2 } })
    expect(answer.error.message).toContain(says)
    expect(answer.error.fix.join('\n')).toContain(suggests)
    expect(Object.keys(answer.error).sort()).toEqual([
      'code',
      'detail',
      'docs',
      'fix',
      'message',
      'retryable',
    ])
  })
})

test('the exit status is that of the process, too', async () => {
  expect((await corelab(['stauts'], { cwd })).code).toBe(2)
  expect((await corelab(['up', '--profil', '--json'], { cwd })).code).toBe(2)
})

test('outside of a project a command says so, and how to make one', async () => {
  const { code, stdout } = await runInProcess(['status', '--json'], { cwd })

  expect(code).toBe(2)
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'PROJECT_NOT_FOUND', fix: ['corelab init'] })
})

test('a flag can come from the environment, and is checked like a flag', async () => {
  const asFlag = await runInProcess(['explain', 'USAGE'], { cwd, env: { CORELAB_FLAG_JSON: '1' } })
  const wrongValue = await runInProcess(['up'], { cwd, env: { CORELAB_FLAG_PROFILE: 'huge' } })

  expect(JSON.parse(asFlag.stdout)).toMatchObject({ schema: 'corelab/explain@1', data: { code: 'USAGE' } })
  expect(wrongValue.code).toBe(2)
  expect(wrongValue.stderr).toContain('"huge" is not possible')
})

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
