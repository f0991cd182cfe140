import { describe, expect, test } from 'vitest'
import { temporaryDir } from '../../support/temp-dir.js'
import { goldenPlants } from '../../unit/sim/golden.js'
import { runInProcess } from '../in-process.js'

const dir = temporaryDir()
const corelab = (...argv: string[]) => runInProcess(['sim', 'plants', ...argv], { cwd: dir.path })
/** All of them are in the unit tests; here they are hunted by threads. */
const quick = goldenPlants.filter(({ seed }) => seed <= 8).slice(0, 3)

describe('sim plants', () => {
  test('lists all of them, within 80 columns', async () => {
    const { code, stdout } = await corelab()

    expect(code).toBe(0)
    for (const { name } of goldenPlants) expect(stdout).toMatch(new RegExp(`^${name}$`, 'm'))
    const texts = stdout.split('\n').filter((line) => !/ sim (run|plants) /.test(line))
    expect(Math.max(...texts.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('hunts them: each is given away in the seed, and by the check, that every machine finds', async () => {
    const names = quick.map(({ name }) => name)
    const { code, stdout } = await corelab(...names, '--hunt', '--json')
    const { verdict, hunts } = JSON.parse(stdout).data

    expect(code).toBe(0)
    expect(verdict).toBe('pass')
    expect(hunts).toHaveLength(names.length)
    for (const [index, { name, seed, invariant }] of quick.entries())
      expect(hunts[index]).toMatchObject({ plant: name, found: { seed, invariant } })
  })

  test('one that is not found in time is a failure: exit 1', async () => {
    const { code, stdout } = await corelab('seal-forgotten', '--hunt', '--limit', '1ms')

    expect(code).toBe(1)
    expect(stdout).toMatch(/^seal-forgotten +nothing within 1 ms/m)
    expect(stdout).toContain('FAIL  0 of 1 planted bugs found')
  })

  test('a wrong name is wrong usage', async () => {
    const { code, stderr } = await corelab('seal-forgoten')

    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "seal-forgotten"?')
  })
})
