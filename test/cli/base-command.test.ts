import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Config, Flags } from '@oclif/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../src/cli/answer.js'
import type { Input } from '../../src/cli/base-command.js'
import { BaseCommand } from '../../src/cli/base-command.js'
import { BugError } from '../../src/kit/assert.js'
import { errorCatalogue } from '../../src/kit/error-catalogue.js'
import { type CorelabError, corelabError } from '../../src/kit/errors.js'
import { packageRoot } from '../../src/project/package-root.js'
import { makeFolder } from '../support/corelab.js'
import { captured } from './in-process.js'

const errors: Readonly<Record<string, () => Error>> = {
  bug: () => new BugError('the sum is negative'),
  foreign: () => new TypeError('x is not a function'),
  ...Object.fromEntries(
    Object.keys(errorCatalogue).map((code) => [
      code,
      () => corelabError(code as CorelabError['code'], { message: `failed by ${code}` }),
    ]),
  ),
}

/** A command that does what it is told to. */
class Probe extends BaseCommand<typeof Probe> {
  static override id = 'probe'
  static override flags = {
    fail: Flags.string(),
    exit: Flags.integer({ default: 0 }),
  }

  protected async answer({ flags, context }: Input<typeof Probe>): Promise<Answer> {
    context.emit({ kind: 'warning', code: 'W', message: 'be careful' })
    const error = flags.fail === undefined ? undefined : errors[flags.fail]
    if (error !== undefined) throw error()
    return { data: {}, lines: () => ['answered'], exit: flags.exit as 0, env: 'test' }
  }
}

let cache = ''
beforeEach(async () => {
  cache = await makeFolder()
})
afterEach(() => rm(cache, { recursive: true, force: true }))

async function probe(...argv: string[]) {
  const config = await Config.load(packageRoot)
  return captured({ cwd: cache, env: { CORELAB_CACHE_DIR: cache } }, () => Probe.run(argv, config))
}

describe.each(Object.entries(errorCatalogue))('%s', (code, entry) => {
  test('ends with the exit status of the catalogue, for people and for machines', async () => {
    const human = await probe('--fail', code)
    const machine = await probe('--fail', code, '--json')

    expect([human.code, machine.code]).toEqual([entry.exit, entry.exit])
    expect(human.stderr).toContain(code === 'CANCELLED' ? `failed by ${code}` : `Code: ${code}`)
    expect(JSON.parse(machine.stdout)).toMatchObject({
      ok: false,
      error: { code },
      meta: { exit: entry.exit },
    })
  })
})

test('a negative verdict is an answer with exit 1', async () => {
  const human = await probe('--exit', '1')
  const machine = await probe('--exit', '1', '--json')

  expect([human.code, machine.code]).toEqual([1, 1])
  expect(human.stdout).toBe('answered\n')
  expect(JSON.parse(machine.stdout)).toMatchObject({ ok: true, data: {}, meta: { exit: 1, env: 'test' } })
})

test('an empty answer is still an envelope', async () => {
  const { stdout } = await probe('--json')

  expect(JSON.parse(stdout)).toEqual({
    schema: 'corelab/probe@1',
    ok: true,
    data: {},
    warnings: [{ code: 'W', message: 'be careful' }],
    meta: { command: 'probe', env: 'test', durationMs: expect.any(Number), exit: 0 },
  })
})

test.each(['bug', 'foreign'])(
  'a %s error is told in a sentence, with its stack in a private file',
  async (kind) => {
    const { code, stdout } = await probe('--fail', kind, '--json')

    const { error } = JSON.parse(stdout)
    const [file = ''] = await readdir(join(cache, 'bugs'))
    const report = await readFile(join(cache, 'bugs', file), 'utf8')
    expect(code).toBe(70)
    expect(error.code).toBe('BUG')
    expect(error.detail).toContain(file)
    expect(report).toContain(`command: corelab probe --fail ${kind}`)
    expect(report).toContain('base-command.test.ts')
  },
)

test('the configuration of the framework never leaks into an answer', async () => {
  const { stdout } = await probe('--no-such-flag', '--json')

  expect(stdout.length).toBeLessThan(2000)
  expect(stdout).not.toContain('pjson')
})

test('--debug adds the stack to the sentence', async () => {
  const { stderr } = await probe('--fail', 'bug', '--debug')

  expect(stderr).toContain('the sum is negative')
  expect(stderr).toContain('at Probe.answer')
})

test('no signal handler is left when a command has ended', async () => {
  const before = process.listenerCount('SIGINT')

  await probe()
  await probe('--fail', 'USAGE')

  expect(process.listenerCount('SIGINT')).toBe(before)
})
