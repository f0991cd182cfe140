import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { BenchResult } from '../../../src/model/bench-result.js'
import { temporaryDir } from '../../support/temp-dir.js'
import { benchSample } from '../../unit/report/bench-sample.js'
import { type Ran, runInProcess } from '../in-process.js'

const dir = temporaryDir()
const corelab = (...argv: string[]): Promise<Ran> => runInProcess(argv, { cwd: dir.path })

async function project(): Promise<void> {
  await corelab('init', '.', '--profile', 'tiny')
}

/** Writes a saved run and answers its folder. */
function saved(name: string, result: BenchResult): string {
  const folder = join(dir.path, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'result.json'), JSON.stringify(result))
  return `./${name}`
}

describe('bench compare', () => {
  test('without a second side says both ways to name one', async () => {
    const { code, stderr } = await corelab('bench', 'compare', 'db-read')

    expect(code).toBe(2)
    expect(stderr).toContain('--against sysbench')
  })

  test('refuses saved runs that are unlike, and names what differs', async () => {
    await project()
    const run = benchSample()
    const a = saved('a', run)
    const b = saved('b', benchSample({ settings: { ...run.settings, durability: 'redo log flush 2' } }))

    const { code, stderr } = await corelab('bench', 'compare', a, b)

    expect(code).toBe(2)
    expect(stderr).toContain('differ in durability')
    expect(stderr).toContain('redo log flush 2')
  })

  test('sets like saved runs against each other, and says that they were not measured in turns', async () => {
    await project()
    const a = saved('a', benchSample())

    const { code, stdout } = await corelab('bench', 'compare', a, a, '--json')

    expect(code).toBe(0)
    const { data } = JSON.parse(stdout)
    expect(data).toMatchObject({ how: 'saved', gates: [], noise: { verdict: 'noisy' } })
    expect(data.ratios[0]).toMatchObject({ measure: 'perSecond', verdict: 'no-difference' })
  })

  test('measures nothing again that was saved, and says how runs are repeated', async () => {
    await project()
    const a = saved('a', benchSample())

    for (const sides of [
      [a, a],
      ['db-read', '--against', a],
    ]) {
      const { code, stderr } = await corelab('bench', 'compare', ...sides, '--runs', '2')

      expect(code).toBe(2)
      expect(stderr).toContain('--runs measures again')
      expect(stderr).toContain('--against mysql2 --runs 3')
    }
  })

  test('names a file that is no result', async () => {
    await project()
    writeFileSync(join(dir.path, 'other.json'), '{"schema":"other"}')

    const { code, stderr } = await corelab('bench', 'compare', './other.json', './missing.json')

    expect(code).toBe(2)
    expect(stderr).toContain('other.json is no result of a benchmark')
  })

  test('knows the options of a scenario, and the form to give them', async () => {
    await project()
    const { code, stderr } = await corelab('bench', 'compare', 'db-read,node', 'db-read')

    expect(code).toBe(2)
    expect(stderr).toContain('SCENARIO,name=value')
  })
})
