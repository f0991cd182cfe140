import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { corelab, makeFolder } from '../support/corelab.js'
import { screenAfter } from '../support/screen.js'
import { onTerminal } from '../support/terminal.js'

const esc = '\u001b'
const cursorUp = `${esc}[1A`
const drawn = ['kitchen-sink', '--pace', '100']

let cwd = ''
beforeAll(async () => {
  cwd = await makeFolder()
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

test('a terminal is drawn on, and is left with the history and the answer', async () => {
  const { code, output } = await onTerminal(drawn, { cwd })

  expect(code).toBe(0)
  expect(output).toContain(cursorUp)
  expect(screenAfter(output).filter((line) => line !== '')).toEqual([
    '- epoch 1: db-1 is master (first start)',
    '! fsync takes 18 ms here; expect slow writes',
    '\u2714 Bring up the core  8.6 s  7 components usable',
    '\u2714 Load 100,000 customers  8.5 s  2,400,000 rows, 285,000/s',
    '- epoch 2: db-2 is master, db-1 quarantined (db-1 died)',
    '\u2714 Kill the master under load  6.2 s  writes were back after 1.9 s',
    '\u2716 Check that money was conserved  310 ms  db-1 refused a statement: Duplicate',
    '  entry (1062)',
    '- Measure reads  290 ms  stopped',
    '- This is what a note looks like',
    'That was everything.',
  ])
})

test('the whole screen is never cleared, however small the terminal', async () => {
  const { output } = await onTerminal(drawn, { cwd, columns: 60, rows: 10 })

  expect(output).toContain(cursorUp)
  expect(output).not.toContain(`${esc}[2J`)
  expect(output).not.toContain(`${esc}[3J`)
})

test.each([
  ['that says it has no columns', { columns: 0 }],
  ['that is dumb', { env: { TERM: 'dumb' } }],
  ['in CI', { env: { CI: 'true' } }],
])('a terminal %s gets plain lines', async (_, options) => {
  const { output } = await onTerminal(['kitchen-sink', '--pace', '0'], { cwd, ...options })

  expect(output).toMatch(/\d\d:\d\d:\d\d db-1 {10}\| ready/)
  expect(output).not.toContain(cursorUp)
})

test('NO_COLOR is respected, by the drawing too', async () => {
  const { output } = await onTerminal(drawn, { cwd, env: { NO_COLOR: '1' } })

  expect(output).toContain(cursorUp)
  expect(colorsIn(output)).toEqual([])
})

test('there are colours otherwise, so that the proof above means something', async () => {
  const { output } = await onTerminal(drawn, { cwd })

  expect(colorsIn(output).length).toBeGreaterThan(0)
})

test('Ctrl+C while drawing says so, keeps the history and ends with 130', async () => {
  const { code, output } = await onTerminal(['kitchen-sink', '--pace', '1000'], {
    cwd,
    type: { when: /Start servers/, keys: '\u0003' },
  })

  expect(code).toBe(130)
  const left = screenAfter(output).filter((line) => line !== '')
  expect(left).toContain('- Stopping in order. Press Ctrl+C again to end at once.')
  expect(left.at(-1)).toBe(' - Stopped, as you asked')
})

test('deleting data is asked about; no keeps it, and yes deletes it', async () => {
  await corelab(['init', '.'], { cwd })
  const question = /\[y\/N\]/

  const no = await onTerminal(['down', '--volumes'], { cwd, type: { when: question, keys: 'n\r' } })
  const yes = await onTerminal(['down', '--volumes'], { cwd, type: { when: question, keys: 'y\r' } })

  expect(no.output).toContain('Delete all data of environment "default"')
  expect(no.output).toContain('Nothing was changed')
  expect(yes.code).toBe(0)
})

test('--no-input never asks, also on a terminal', async () => {
  const { code, output } = await onTerminal(['down', '--volumes', '--no-input'], { cwd })

  expect(code).toBe(2)
  expect(output).toContain('--yes')
})

/** Escape sequences that set a colour or a weight. */
function colorsIn(output: string): string[] {
  return output.match(new RegExp(`${esc}\\[[0-9;]*m`, 'g')) ?? []
}
