import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isOnTarget } from '../../../src/model/population-portrait.js'
import { temporaryDir } from '../../support/temp-dir.js'
import { runInProcess } from '../in-process.js'

const dir = temporaryDir()
const describeUsers = (...argv: string[]) => runInProcess(['users', 'describe', ...argv], { cwd: dir.path })

test('every figure with a target is on it, in 80 columns', async () => {
  const { code, stdout } = await describeUsers('--count', '15M', '--sample', '20000')

  expect(code).toBe(0)
  expect(stdout).toContain('15,000,000 customers of seed 1 in 81 entities; 20,000 of them read.')
  expect(stdout).toMatch(/^held by the richest 2\.12 % +\d\d\.\d % +82\.0 % +ok$/m)
  expect(stdout).toMatch(/^All \d+ figures with a target are on it\.$/m)
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('lookalike numbers are counted as what they are', async () => {
  const { stdout } = await describeUsers('--sample', '500', '--lookalike', '--json')

  const { lookalike, sections } = JSON.parse(stdout).data
  const numbers = sections.find(({ id }: { id: string }) => id === 'numbers')
  const assigned = numbers.measures.filter(({ name }: { name: string }) =>
    name.endsWith('in assigned ranges'),
  )
  expect(lookalike).toBe(true)
  expect(assigned.map(({ realised }: { realised: number }) => realised > 0)).toEqual([true, true, true])
  expect(numbers.measures.every((measure: never) => isOnTarget(measure) !== false)).toBe(true)
})

test('the report is one file that needs no network', async () => {
  const { code } = await describeUsers('--count', '2000', '--locale', 'en', '--html', 'report.html')

  const text = await readFile(join(dir.path, 'report.html'), 'utf8')
  expect(code).toBe(0)
  expect(text).toContain("default-src 'none'")
  expect(text).not.toMatch(/(src|href)="https?:/)
  for (const id of ['plot-men', 'plot-balances', 'plot-activity', 'plot-institutions'])
    expect(text).toContain(`id="${id}"`)
})

test('a report that cannot be written is refused before the work', async () => {
  const { code, stderr } = await describeUsers('--html', 'no/such/folder/report.html')

  expect(code).toBe(2)
  expect(stderr).toContain('Nothing can be written to')
  expect(await readdir(dir.path)).toEqual([])
})
