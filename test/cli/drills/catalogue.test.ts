import { describe, expect, test } from 'vitest'
import { temporaryDir } from '../../support/temp-dir.js'
import { type Ran, runInProcess } from '../in-process.js'

const dir = temporaryDir()
const corelab = (...argv: string[]): Promise<Ran> => runInProcess(argv, { cwd: dir.path })
/** Without the commands to type, which begin with however this test run is called. */
const widest = (text: string) =>
  Math.max(
    ...text
      .split('\n')
      .filter((line) => !/drills (run|describe) \S+$/.test(line))
      .map((line) => line.length),
  )

describe('drills list', () => {
  test('shows every drill with a few words, within 80 columns, outside of any project', async () => {
    const { code, stdout } = await corelab('drills', 'list')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^D01 {2}kill-master +the master is killed$/m)
    expect(stdout).toMatch(/Negative controls[\s\S]*D25 {2}fallback-control/)
    expect(stdout).not.toContain('...')
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  })

  test('is data for a script', async () => {
    const { stdout } = await corelab('drills', 'list', '--json')

    const { drills } = JSON.parse(stdout).data
    expect(drills).toContainEqual(expect.objectContaining({ id: 'D01', name: 'kill-master', kind: 'drill' }))
  })
})

describe('drills describe', () => {
  test('shows the schedule step by step, and what must hold afterwards', async () => {
    const { code, stdout } = await corelab('drills', 'describe', 'D16')

    expect(code).toBe(0)
    expect(stdout).toContain('D16 rejoin-with-extras')
    expect(stdout).toMatch(/4\. Kill \(SIGKILL\) the master/)
    expect(stdout).toContain('the master changes 1 time')
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  })

  test('a wrong name is a usage error with the nearest one', async () => {
    const { code, stderr } = await corelab('drills', 'describe', 'kill-mastr')

    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "kill-master"?')
  })
})

describe('drills run', () => {
  test('without a name is a usage error that says how to find one', async () => {
    const { code, stderr } = await corelab('drills', 'run')

    expect(code).toBe(2)
    expect(stderr).toContain('drills list')
  })

  test('takes no wrong name, before anything is started', async () => {
    const { code, stdout } = await corelab('drills', 'run', 'kill-master', 'nonsense', '--json')

    expect(code).toBe(2)
    expect(JSON.parse(stdout).error.code).toBe('DRILL_UNKNOWN')
  })

  test('keeps no more than one environment', async () => {
    const { code, stderr } = await corelab('drills', 'run', 'D01', 'D02', '--keep')

    expect(code).toBe(2)
    expect(stderr).toContain('Only one drill')
  })
})
