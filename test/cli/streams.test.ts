import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/project/package-root.js'
import { corelab, makeFolder } from '../support/corelab.js'

let cwd = ''
beforeAll(async () => {
  cwd = await makeFolder()
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

const runJs = join(packageRoot, 'bin', 'run.js')
const esc = '\u001b'

describe('stdout is the answer, stderr is the progress', () => {
  test('a command with progress, in a pipe: plain lines, no colours, no cursor movements', async () => {
    const { code, stdout, stderr } = await corelab(['kitchen-sink', '--pace', '0'], { cwd })

    expect(code).toBe(0)
    expect(stdout).toBe('That was everything.\n')
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d up {12}\| Bring up the core \.\.\.$/m)
    expect(stdout + stderr).not.toContain(esc)
    expect(stderr.split('\n').length).toBeLessThan(40)
  })

  test('--quiet leaves the answer alone', async () => {
    const { stdout, stderr } = await corelab(['kitchen-sink', '--pace', '0', '--quiet'], { cwd })

    expect(stdout).toBe('That was everything.\n')
    expect(stderr).toBe('')
  })

  test('--json is one object, with its warnings inside', async () => {
    const { stdout, stderr } = await corelab(['kitchen-sink', '--pace', '0', '--json'], { cwd })

    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'corelab/kitchen-sink@1',
      ok: true,
      data: { shown: true },
      warnings: [{ code: 'SLOW_DISK' }],
      meta: { command: 'kitchen-sink', exit: 0 },
    })
  })

  test('--json --stream is a line per event, numbered, and the answer as the last line', async () => {
    const { stdout } = await corelab(['kitchen-sink', '--pace', '0', '--json', '--stream'], { cwd })

    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const events = lines.slice(0, -1)
    expect(events.every(({ schema }) => schema === 'corelab/event@1')).toBe(true)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(lines.at(-1)).toMatchObject({ schema: 'corelab/kitchen-sink@1', ok: true })
  })
})

describe('signals', () => {
  /** Signals when the first progress was seen, so that the command is certainly at work. */
  async function stoppedBy(signal: NodeJS.Signals, flags: readonly string[]) {
    let sent = false
    return corelab(['kitchen-sink', '--pace', '60000', ...flags], {
      cwd,
      onOutput: (soFar, child) => {
        if (sent || !soFar.includes('Bring up the core')) return
        sent = true
        child.kill(signal)
      },
    })
  }

  test('Ctrl+C is answered at once and ends with 130', async () => {
    const { code, stdout, stderr } = await stoppedBy('SIGINT', [])

    expect(code).toBe(130)
    expect(stdout).toBe('')
    expect(stderr).toContain('Stopping in order. Press Ctrl+C again to end at once.')
    expect(stderr).toContain('Stopped, as you asked')
    expect(stderr).not.toContain('Code:')
  })

  test('SIGTERM ends with 143', async () => {
    expect((await stoppedBy('SIGTERM', [])).code).toBe(143)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('with --json, %s ends with %i, too, and the last line is an envelope', async (signal, exit) => {
    const { code, stdout } = await stoppedBy(signal, ['--json', '--stream'])

    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
    expect(code).toBe(exit)
    expect(last).toMatchObject({ ok: false, error: { code: 'CANCELLED' }, meta: { exit } })
  })

  test('--timeout stops the command with its own code', async () => {
    const { code, stdout } = await corelab(
      ['kitchen-sink', '--pace', '60000', '--timeout', '50ms', '--json'],
      {
        cwd,
      },
    )

    expect(code).toBe(4)
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'TIMED_OUT', retryable: true })
  })
})

test('a reader that has seen enough ends the command quietly', async () => {
  const argv = [runJs, 'kitchen-sink', '--pace', '20', '--json', '--stream']
  const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdout.once('data', () => child.stdout.destroy())

  const code = await new Promise((resolve) => child.once('close', resolve))

  expect(code).toBe(0)
  expect(stderr).toBe('')
})

test('a confirmation where nobody can be asked is an error that names --yes, not a wait', async () => {
  await corelab(['init', '.'], { cwd })

  const { code, stderr } = await corelab(['down', '--volumes'], { cwd })

  expect(code).toBe(2)
  expect(stderr).toContain('nobody can be asked here')
  expect(stderr).toContain('down --volumes --yes')
})
