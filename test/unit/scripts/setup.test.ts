import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { summarise } from '../../../scripts/ci/summary.mjs'
import { asksForHelp, saysYes } from '../../../scripts/setup/arguments.mjs'
import { takeTurn } from '../../../scripts/setup/as-root/turn.mjs'
import { removeOrphans } from '../../../scripts/setup/compiled-sources.mjs'
import { isAtLeast } from '../../../scripts/setup/node-version.mjs'
import { isFresh } from '../../../scripts/setup/npm-packages.mjs'
import { findProgram } from '../../../scripts/setup/servers/programs.mjs'
import { renderSetupError, SetupError } from '../../../scripts/setup/setup-error.mjs'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-setup-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

test.each([
  ['20.19.0', true],
  ['20.20.2', true],
  ['22.0.0', true],
  ['20.9.0', false],
  ['18.20.4', false],
])('Node %s is new enough: %s', (version, expected) => {
  expect(isAtLeast(version, '20.19.0')).toBe(expected)
})

describe('node_modules', () => {
  const wanted = { lockHash: 'a', machine: 'linux-x64' }
  const installed = { stamp: wanted, installedAtMs: 2, lockChangedAtMs: 1 }

  test('is fresh when it was installed from this lock file, whatever the times say', () => {
    expect(isFresh(installed, wanted)).toBe(true)
    expect(isFresh({ ...installed, lockChangedAtMs: 3 }, wanted)).toBe(true)
  })

  test('is not fresh when it is absent or half installed', () => {
    expect(isFresh({ ...installed, installedAtMs: null }, wanted)).toBe(false)
  })

  test('is not fresh when it came from another machine', () => {
    const stamp = { ...wanted, machine: 'darwin-arm64' }

    expect(isFresh({ ...installed, stamp }, wanted)).toBe(false)
  })

  test('that was installed by hand is fresh when it is newer than the lock file', () => {
    expect(isFresh({ ...installed, stamp: null }, wanted)).toBe(true)
    expect(isFresh({ ...installed, stamp: null, lockChangedAtMs: 3 }, wanted)).toBe(false)
    expect(isFresh({ ...installed, stamp: { ...wanted, lockHash: 'old' }, lockChangedAtMs: 3 }, wanted)).toBe(
      false,
    )
  })
})

test('a compiled file whose source is gone is deleted, the others stay', async () => {
  await mkdir(join(dir, 'src/commands'), { recursive: true })
  await mkdir(join(dir, 'dist/commands'), { recursive: true })
  await writeFile(join(dir, 'src/commands/up.ts'), '')
  await writeFile(join(dir, 'src/screen.tsx'), '')
  for (const file of ['commands/up.js', 'commands/gone.js', 'screen.js']) {
    await writeFile(join(dir, 'dist', file), '')
  }

  removeOrphans(join(dir, 'src'), join(dir, 'dist'))

  expect(await readdir(join(dir, 'dist'), { recursive: true })).toEqual(
    expect.arrayContaining(['commands/up.js', 'screen.js']),
  )
  expect(await readdir(join(dir, 'dist/commands'))).toEqual(['up.js'])
})

test('a server program is found on the PATH by its name, when it may be executed', async () => {
  await writeFile(join(dir, 'corelab-probe'), '#!/bin/sh\n')
  expect(findProgram('corelab-probe', dir)).toBeNull()

  await chmod(join(dir, 'corelab-probe'), 0o755)
  expect(findProgram('corelab-probe', `/nowhere:${dir}`)).toBe(join(dir, 'corelab-probe'))
})

describe('turns', () => {
  test('a second installation waits until the first has given its turn back', async () => {
    const file = join(dir, 'turn')
    const giveBack = await takeTurn({ file, onWaiting: () => undefined })

    const order: string[] = []
    const onWaiting = () => {
      order.push('waits')
      giveBack()
    }
    const giveBackSecond = await takeTurn({ file, onWaiting })
    order.push('has its turn')
    giveBackSecond()

    expect(order).toEqual(['waits', 'has its turn'])
    expect(await readdir(dir)).toEqual([])
  })

  test.each([
    ['of a process that died', '4194999 12'],
    ['of another process that had our pid once', `${process.pid} 12`],
    ['that was never written to its end', ''],
  ])('the turn %s is free', async (_whose, record) => {
    const file = join(dir, 'turn')
    await writeFile(file, record)

    const giveBack = await takeTurn({ file, onWaiting: () => expect.unreachable() })
    giveBack()

    expect(await readdir(dir)).toEqual([])
  })
})

test('--yes, -y and the variable of the flag all answer the question', () => {
  expect(saysYes(['--users', '1000'], {})).toBe(false)
  expect(saysYes(['--yes'], {})).toBe(true)
  expect(saysYes(['-y'], {})).toBe(true)
  expect(saysYes([], { CORELAB_FLAG_YES: 'true' })).toBe(true)
  expect(saysYes([], { CORELAB_FLAG_YES: 'false' })).toBe(false)
  expect(asksForHelp(['--help'])).toBe(true)
})

test('an error says what, why and the fix, in that order', () => {
  const error = new SetupError({
    message: 'What',
    detail: 'Why\nmore',
    fix: ['one', 'two'],
    code: 'PROGRAM_MISSING',
  })

  expect(renderSetupError(error)).toBe(
    '\n x What\n\n   Why\n   more\n\n   Try:  one\n         two\n' +
      '   Code: PROGRAM_MISSING   (docs/errors.md#program_missing)\n\n',
  )
})

describe('the closing line of a test run', () => {
  const results = {
    numPassedTests: 12,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: 'passed', assertionResults: [{}] }],
  }

  test('counts passed and failed, and skipped only when there are any', () => {
    expect(summarise(results)).toEqual({ line: '12 passed, 0 failed', isGood: true })
    expect(summarise({ ...results, numPendingTests: 1, numTodoTests: 2 }).line).toBe(
      '12 passed, 0 failed, 3 skipped',
    )
    expect(summarise({ ...results, numFailedTests: 1 })).toEqual({
      line: '12 passed, 1 failed',
      isGood: false,
    })
  })

  test('a file that did not load counts as a failure', () => {
    const testResults = [...results.testResults, { status: 'failed', assertionResults: [] }]

    expect(summarise({ ...results, testResults })).toEqual({ line: '12 passed, 1 failed', isGood: false })
  })

  test('a run without results, or without tests, is no success', () => {
    expect(summarise(null)).toEqual({ line: '0 passed, 1 failed', isGood: false })
    expect(summarise({ ...results, numPassedTests: 0 }).isGood).toBe(false)
  })
})
