import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flagVariable, globalFlags } from '../../src/cli/flags.js'
import { packageRoot } from '../../src/project/package-root.js'
import { corelab, makeFolder } from '../support/corelab.js'
import { loadedModules } from '../support/loaded-modules.js'
import { onTerminal } from '../support/terminal.js'

interface Manifest {
  readonly commands: Readonly<
    Record<
      string,
      {
        readonly hidden?: boolean
        readonly summary?: string
        readonly examples?: readonly unknown[]
        readonly flags: Readonly<Record<string, { readonly env?: string; readonly summary?: string }>>
      }
    >
  >
}

const manifest: Manifest = JSON.parse(await readFile(join(packageRoot, 'oclif.manifest.json'), 'utf8'))
const commands = Object.entries(manifest.commands).filter(([, command]) => !command.hidden)
const names = commands.map(([id]) => id.replaceAll(':', ' '))

let cwd = ''
beforeAll(async () => {
  cwd = await makeFolder()
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

test('a bare corelab and --help name every command, on 80 columns', async () => {
  for (const argv of [[], ['--help'], ['-h'], ['help']]) {
    const { code, stdout } = await corelab(argv, { cwd })

    expect(code).toBe(0)
    expect(names.filter((name) => !stdout.includes(`\n  ${name} `))).toEqual([])
    expect(widest(stdout)).toBeLessThanOrEqual(80)
    expect(stdout).not.toContain('kitchen-sink')
  }
})

test('--version says which corelab and which node', async () => {
  const { stdout } = await corelab(['--version'], { cwd })

  expect(stdout).toMatch(/^corelab \d+\.\d+\.\d+ \(linux-\w+, node v\d+/)
})

test('a command is explained with its examples first, on 80 columns', async () => {
  const { code, stdout } = await corelab(['help', 'up'], { cwd })

  expect(code).toBe(0)
  expect(stdout.indexOf('EXAMPLES')).toBeLessThan(stdout.indexOf('USAGE'))
  expect(stdout.indexOf('USAGE')).toBeLessThan(stdout.indexOf('FLAGS'))
  expect(widest(stdout)).toBeLessThanOrEqual(80)
})

describe.each(commands)('%s', (_, command) => {
  test('has a summary and examples', () => {
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/)
    expect(command.examples?.length).toBeGreaterThan(0)
  })

  test('knows the global flags, and every flag has a summary and its variable', () => {
    const flags = Object.entries(command.flags)

    expect(Object.keys(command.flags)).toEqual(expect.arrayContaining(Object.keys(globalFlags)))
    for (const [name, flag] of flags) {
      expect(flag.env, name).toBe(flagVariable(name))
      expect(flag.summary, name).toBeTruthy()
    }
  })
})

describe('what a command loads', () => {
  beforeAll(() => corelab(['init', '.'], { cwd }))

  test('the root help loads nothing but itself', async () => {
    const modules = await loadedModules((env) => corelab(['--help'], { cwd, env }))

    expect(modules).toEqual([join(packageRoot, 'bin', 'run.js')])
  })

  test.each([[['explain']], [['status']], [['doctor']], [['up', '--dry-run']], [['down']], [['logs']]])(
    '%s does not load Ink or React, not even on a terminal',
    async (argv) => {
      const modules = await loadedModules((env) => onTerminal(argv, { cwd, env }))

      expect(modules.some((path) => path.includes('node_modules/@oclif/core/'))).toBe(true)
      expect(modules.filter(isDrawing)).toEqual([])
    },
  )

  test('the proof can fail: it sees Ink where something is drawn', async () => {
    const argv = ['kitchen-sink', '--pace', '200']
    const modules = await loadedModules((env) => onTerminal(argv, { cwd, env }))

    expect(modules.some(isDrawing)).toBe(true)
  })
})

function isDrawing(path: string): boolean {
  return /node_modules\/(ink|react|react-reconciler|yoga-layout)\//.test(path)
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}
