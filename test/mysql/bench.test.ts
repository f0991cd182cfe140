import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BenchResult } from '../../src/model/bench-result.js'
import { corelab } from '../support/corelab.js'
import { type MysqlCore, startMysqlCore } from './mysql-core.js'

let core: MysqlCore

beforeAll(async () => {
  core = await startMysqlCore()
  const loaded = await run('users', 'load', '--count', '2000', '--yes')
  if (loaded.code !== 0) throw new Error(loaded.stdout)
})
afterAll(() => core?.dispose())

const run = (...args: readonly string[]) => corelab([...args, '--json'], { cwd: core.dir })

async function measure(...args: readonly string[]): Promise<BenchResult> {
  const short = ['-c', '8', '--warm-up', '200ms', '--duration', '2s']
  const { code, stdout } = await run('bench', 'run', ...args, ...short)
  const { data, error } = JSON.parse(stdout)
  expect(error).toBeUndefined()
  expect(code).toBe(0)
  return JSON.parse(await readFile(data.resultFile, 'utf8'))
}

test.each([
  ['db-read', 'no semi-sync', 2000],
  ['db-read --tcp --driver mysql2', 'no semi-sync', 2000],
  ['db-write', 'semi-sync AFTER_SYNC', null],
  ['db-write --tcp --set statement=insert', 'semi-sync AFTER_SYNC', null],
  ['db-mixed', 'semi-sync AFTER_SYNC', 2000],
])('%s on MySQL is a figure whose effects and conditions are right', async (words, semiSync, customers) => {
  const result = await measure(...words.split(' '))

  expect(result.checks.filter(({ valid }) => !valid)).toEqual([])
  expect(result.notAFigure).toBeNull()
  expect(result.figure?.perSecond).toBeGreaterThan(0)
  expect(result.load.classes.map(({ errors }) => errors)).toEqual(result.load.classes.map(() => ({})))
  expect(result.host.versions.database).toMatch(/^\d+\.\d+\.\d+/)
  expect(result.settings).toMatchObject({
    durability: `redo log flush 1, sync_binlog 1, ${semiSync}`,
    customers,
    transport: words.includes('--tcp') ? 'tcp' : 'unix-socket',
    driver: words.includes('mysql2') ? 'mysql2' : 'wire',
  })
  // Sixteen tables of accounts, or ten thousand rows of a hundred bytes; only the inserts begin with nothing.
  if (!words.includes('insert')) expect(result.settings.dataBytes).toBeGreaterThan(200_000)
  // MySQL does not count the syncs of its binlog.
  expect(result.attribution.fsyncsPerOperation).toBeNull()
})
