import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../../src/project/package-root.js'
import { corelab as program } from '../../support/corelab.js'
import { temporaryDir } from '../../support/temp-dir.js'
import { runInProcess } from '../in-process.js'

// An empty folder: a simulation needs no project.
const dir = temporaryDir()
const corelab = (...argv: string[]) => runInProcess(argv, { cwd: dir.path })
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length))

describe('sim run', () => {
  test('two hundred disasters on two threads: nothing is violated, what happens often was met, and it says so', async () => {
    const out = join(dir.path, 'result.json')
    const { code, stdout, stderr } = await program(
      ['sim', 'run', '--seeds', '200', '--workers', '2', '--out', out],
      { cwd: dir.path },
    )

    expect(stdout).toMatch(/^PASS {2}seeds 1 to 200 {2}\(60 s each, .* on 2 threads\)$/m)
    expect(stdout).toContain('No invariant was violated in 200 seeds.')
    expect(stdout).toMatch(/^ {2}Hash {6}[0-9a-f]{16}$/m)
    expect(stderr).toMatch(/sim +\| Run 200 seeds on 2 threads, done in /)
    expect(code).toBe(0)
    const result = JSON.parse(await readFile(out, 'utf8'))
    expect(result).toMatchObject({ schema: 'corelab/sim-campaign@1', verdict: 'pass', end: 'complete' })
    expect(result.totals).toMatchObject({ seeds: 200, violations: 0 })
    expect(result.totals.acknowledged).toBeGreaterThan(10_000)
  })

  test('one thread or two: the same hash and the same sums', async () => {
    const dataOf = async (workers: string) => {
      const flags = ['--from', '900', '--seeds', '18', '--workers', workers, '--json']
      const { speed: _, ...data } = JSON.parse((await corelab('sim', 'run', ...flags)).stdout).data
      return data
    }

    expect(await dataOf('2')).toEqual(await dataOf('1'))
  })

  test('violations: exit 1, and each with the command that replays it, which shows the same run', async () => {
    const flags = ['--plant', 'second-acker', '--seeds', '9']
    const { code, stdout } = await corelab('sim', 'run', ...flags, '--json')
    const { verdict, violations } = JSON.parse(stdout).data

    expect(code).toBe(1)
    expect(verdict).toBe('fail')
    expect(violations[0]).toMatchObject({ seed: 1, invariant: 'I1' })
    const [, ...argv] = violations[0].command.split(' ')
    const replay = await corelab(...argv, '--json')
    expect(replay.code).toBe(1)
    expect(JSON.parse(replay.stdout).data).toMatchObject({
      hash: violations[0].hash,
      violation: { invariant: 'I1' },
    })

    const plain = await corelab('sim', 'run', ...flags)
    expect(plain.stdout).toMatch(/^FAIL {2}seeds 1 to 9/)
    expect(plain.stdout).toMatch(/ sim replay 1 --plant second-acker$/m)
    expect(plain.stdout).toContain('... and 4 more')
    expect(widest(plain.stdout.replaceAll(/^.* sim replay .*$/gm, ''))).toBeLessThanOrEqual(80)
  })

  test('stopped at the first violation, whichever thread met it', async () => {
    const { stdout } = await corelab('sim', 'run', '--plant', 'timeout-fallback', '--stop-at-first', '--json')
    const { end, totals, violations } = JSON.parse(stdout).data

    expect(end).toBe('first-violation')
    expect(totals.violations).toBe(1)
    expect(violations).toHaveLength(1)
    expect(violations[0].seed).toBe(totals.seeds)
  })

  test('Ctrl+C: exit 130, and a valid result of what was run until then', async () => {
    let isSent = false
    const { code, stdout } = await program(['sim', 'run', '--seeds', '1000000', '--json', '--stream'], {
      cwd: dir.path,
      onOutput: (soFar, child) => {
        if (isSent || !/"kind":"step.progress".*"done":[1-9]/.test(soFar)) return
        isSent = true
        child.kill('SIGINT')
      },
    })
    const { data } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')

    expect(code).toBe(130)
    expect(data).toMatchObject({ verdict: 'unknown', end: 'interrupted', seedsWanted: 1_000_000 })
    expect(data.totals.seeds).toBeGreaterThan(0)
  })

  test('a reader that has seen enough ends it quietly', async () => {
    const argv = [
      join(packageRoot, 'bin', 'run.js'),
      'sim',
      'run',
      '--seeds',
      '1000000',
      '--json',
      '--stream',
    ]
    const child = spawn(execPath, argv, { cwd: dir.path, stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.once('close', resolve))

    expect(code).toBe(0)
    expect(stderr).toBe('')
  })

  test.each([
    [['--plant', 'second-ackr'], 'did you mean "second-acker"?'],
    [['--seeds', '0'], 'greater than or equal to 1'],
    [['--seconds', '10'], 'greater than or equal to 40'],
    [['--from', '4294967295', '--seeds', '2'], 'Seeds go up to 4294967295'],
    [['--out', 'nowhere/result.json'], 'Nothing can be written to'],
    [['--sedes', '1'], 'The nearest is --seeds'],
  ])('%j is wrong usage, said before anything is run', async (flags, text) => {
    const { code, stderr } = await corelab('sim', 'run', ...flags)

    expect(code).toBe(2)
    expect(stderr).toContain(text)
  })
})
