import { describe, expect, test } from 'vitest'
import { temporaryDir } from '../../support/temp-dir.js'
import { aGoldenRun } from '../../unit/sim/golden.js'
import { runInProcess } from '../in-process.js'

const dir = temporaryDir()
const corelab = (...argv: string[]) => runInProcess(['sim', 'replay', ...argv], { cwd: dir.path })
const seed = String(aGoldenRun.seed)

describe('sim replay', () => {
  test('tells the end of a run, the verdict, each check, and the hash that every machine has', async () => {
    const { code, stdout } = await corelab(seed)

    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +\([\d,]+ lines before; --story shows all\)$/m)
    expect(stdout).toMatch(/^ {2}39\.000000 fault {5}everything heals$/m)
    expect(stdout).toContain(`PASS  seed ${seed}`)
    for (const check of ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'liveness', 'RPO'])
      expect(stdout).toMatch(new RegExp(`^ {2}\\S+ ${check} `, 'm'))
    expect(stdout).toContain(`Hash      ${aGoldenRun.hash}`)
    // Without the command to type, which begins with however this test run is called.
    const lines = stdout.split('\n').filter((line) => !line.startsWith('  Again '))
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('the whole story begins with the first server', async () => {
    const { stdout } = await corelab(seed, '--story')

    expect(stdout).toMatch(/^ {3}0\.000000 db-1 {6}is up with nothing\n/)
  })

  test('a violation is the last line of the story: exit 1', async () => {
    const { code, stdout } = await corelab('1', '--plant', 'second-acker', '--lines', '3')

    expect(code).toBe(1)
    expect(stdout).toMatch(/checker {3}VIOLATION of I1: /)
    expect(stdout).toContain('FAIL  seed 1')
    expect(stdout).not.toMatch(/liveness/)
  })

  test('the same as data, with the story', async () => {
    const { data } = JSON.parse((await corelab(seed, '--lines', '5', '--json')).stdout)

    expect(data).toMatchObject({ verdict: 'pass', hash: aGoldenRun.hash, seconds: 60, plant: null })
    expect(data.story).toHaveLength(5)
    expect(data.story[0]).toEqual({
      atUs: expect.any(Number),
      who: expect.any(String),
      what: expect.any(String),
    })
    expect(data.storyLines).toBeGreaterThan(5)
  })

  test('ended before its time it is not judged', async () => {
    const { code, stdout } = await corelab(seed, '--until', '2s', '--json')
    const { data } = JSON.parse(stdout)

    expect(code).toBe(0)
    expect(data).toMatchObject({ verdict: 'unjudged', isWhole: false })
    expect(data.story.at(-1).atUs).toBeLessThanOrEqual(2_000_000)
  })

  test.each([
    [['abc'], '"abc" is not a seed'],
    [['4294967296'], 'is not a seed'],
    [[], 'needs SEED'],
    [['1', '--until', '2m'], 'The run is over before --until'],
    [['1', '--plant', 'nonsense'], 'There is no planted bug "nonsense"'],
    [['1', '--story', '--lines', '3'], 'cannot also be provided'],
  ])('%j is wrong usage', async (argv, text) => {
    const { code, stderr } = await corelab(...argv)

    expect(code).toBe(2)
    expect(stderr).toContain(text)
  })
})
