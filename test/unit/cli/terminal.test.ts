import { expect, test } from 'vitest'
import { asTyped, programName } from '../../../src/cli/program-name.js'
import { readTerminal } from '../../../src/cli/terminal.js'

const noFlags = {
  json: false,
  stream: false,
  quiet: false,
  verbose: false,
  plain: false,
  'no-color': false,
  'no-input': false,
}
const tty = { isTTY: true, columns: 120, rows: 40 }
const pipe = { isTTY: undefined }

type Facts = Parameters<typeof readTerminal>[0]

function terminalOf(
  change: Partial<Omit<Facts, 'flags'>> & { readonly flags?: Partial<typeof noFlags> } = {},
) {
  return readTerminal({
    stdin: tty,
    stdout: tty,
    stderr: tty,
    env: { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' },
    caller: { program: 'corelab', project: null },
    ...change,
    flags: { ...noFlags, ...change.flags },
  })
}

test('progress is drawn on a terminal and written as lines everywhere else', () => {
  expect(terminalOf().renderer).toBe('tty')
  expect(terminalOf({ stderr: pipe }).renderer).toBe('plain')
  expect(terminalOf({ flags: { plain: true } }).renderer).toBe('plain')
  expect(terminalOf({ env: { CI: 'true' } }).renderer).toBe('plain')
  expect(terminalOf({ env: { TERM: 'dumb' } }).renderer).toBe('plain')
  expect(terminalOf({ stderr: { isTTY: true, columns: 0 } }).renderer).toBe('plain')
})

test('where stdout goes does not matter for progress, which is on stderr', () => {
  expect(terminalOf({ stdout: pipe }).renderer).toBe('tty')
})

test('a machine that reads JSON gets progress only when it asks for it', () => {
  expect(terminalOf({ flags: { json: true } }).renderer).toBe('quiet')
  expect(terminalOf({ flags: { json: true, verbose: true } }).renderer).toBe('plain')
  expect(terminalOf({ flags: { json: true, stream: true } }).renderer).toBe('json')
  expect(terminalOf({ flags: { quiet: true } }).renderer).toBe('quiet')
})

test.each([
  ['a pipe', { stderr: pipe }],
  ['--no-color', { flags: { 'no-color': true } }],
  ['NO_COLOR', { env: { NO_COLOR: '1' } }],
  ['a dumb terminal', { env: { TERM: 'dumb' } }],
])('%s means no colours', (_, change) => {
  const terminal = terminalOf(change)

  expect(terminal.color).toBe(false)
  expect(terminal.stderr.paint.bad('x')).toBe('x')
})

test('an empty NO_COLOR is none, and FORCE_COLOR colours a pipe', () => {
  expect(terminalOf({ env: { NO_COLOR: '' } }).color).toBe(true)
  expect(terminalOf({ stderr: pipe, env: { FORCE_COLOR: '1' } }).color).toBe(true)
})

test('nobody is asked without a terminal, in CI, or against their will', () => {
  expect(terminalOf().interactive).toBe(true)
  expect(terminalOf({ stdin: pipe }).interactive).toBe(false)
  expect(terminalOf({ stderr: pipe }).interactive).toBe(false)
  expect(terminalOf({ flags: { 'no-input': true } }).interactive).toBe(false)
  expect(terminalOf({ env: { CI: '1' } }).interactive).toBe(false)
})

test('answers are 80 columns wide in a pipe, and never wider than a page', () => {
  expect(terminalOf({ stdout: pipe }).stdout.width).toBe(80)
  expect(terminalOf({ stdout: { isTTY: true, columns: 300 } }).stdout.width).toBe(100)
  expect(terminalOf({ stdout: { isTTY: true, columns: 12 } }).stdout.width).toBe(40)
})

test('marks are ASCII where the locale is not UTF-8', () => {
  expect(terminalOf({ env: { LANG: 'C' } }).stdout.symbols.ok).toBe('+')
  expect(terminalOf({ env: { LC_ALL: 'C', LANG: 'en_US.UTF-8' } }).stdout.symbols.ok).toBe('+')
  expect(terminalOf({ env: { LANG: 'zh_CN.utf8' } }).stdout.symbols.ok).toBe('\u2714')
})

test('suggestions are typed the way the user called us', () => {
  const cwd = '/home/dev/clone'

  expect(programName({ script: '/usr/local/bin/corelab', cwd })).toBe('corelab')
  expect(programName({ script: '/p/node_modules/.bin/corelab', cwd })).toBe('npx corelab')
  expect(programName({ script: '/home/dev/clone/bin/run.js', cwd })).toBe('node bin/run.js')
  expect(programName({ script: '/opt/corelab/bin/run.js', cwd })).toBe('node /opt/corelab/bin/run.js')
  const inProject = { program: 'npx corelab', project: null }
  expect(asTyped('corelab up', inProject)).toBe('npx corelab up')
  expect(asTyped('apt-get install corelab', inProject)).toBe('apt-get install corelab')
})

test('suggestions name the project when the user named it', () => {
  const fromOutside = { program: 'corelab', project: 'my bank' }

  expect(asTyped('corelab down --yes', fromOutside)).toBe("corelab down --yes -C 'my bank'")
  expect(asTyped('corelab up   (adopts it)', fromOutside)).toBe("corelab up -C 'my bank'   (adopts it)")
  expect(asTyped('corelab up -C /other', fromOutside)).toBe('corelab up -C /other')
  expect(asTyped('apt-get install corelab', fromOutside)).toBe('apt-get install corelab')
})
