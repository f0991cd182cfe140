import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { reportDirOf, writeReport } from '../../../../src/drills/tour/write-report.js'
import type { DemoResult } from '../../../../src/model/demo-result.js'

let reportsDir: string
const result: DemoResult = JSON.parse(
  await readFile(new URL('../../../../fixtures/results/demo-pass.json', import.meta.url), 'utf8'),
)

beforeEach(async () => {
  reportsDir = await mkdtemp(join(tmpdir(), 'reports-'))
})
afterEach(() => rm(reportsDir, { recursive: true }))

async function write(startedAtMs: number): Promise<string> {
  const dir = reportDirOf(reportsDir, startedAtMs)
  await mkdir(dir, { recursive: true })
  await writeReport(dir, result)
  return dir
}

test('a report folder is named by its time and holds the result and the page', async () => {
  const dir = await write(Date.UTC(2026, 10, 22, 9, 14, 3, 211))

  expect(dir).toBe(join(reportsDir, 'demo', '2026-11-22T09-14-03Z'))
  expect(await readdir(dir)).toEqual(['report.html', 'result.json'])
  expect(JSON.parse(await readFile(join(dir, 'result.json'), 'utf8'))).toEqual(result)
  expect(await readFile(join(dir, 'report.html'), 'utf8')).toContain('<h1>Pass</h1>')
})

test('latest always points at the newest report, also after the folder was moved', async () => {
  await write(Date.UTC(2026, 0, 1))
  const newest = await write(Date.UTC(2026, 0, 2))

  const target = await readlink(join(reportsDir, 'demo', 'latest'))

  expect(join(reportsDir, 'demo', target)).toBe(newest)
  expect(await readdir(join(reportsDir, 'demo'))).toHaveLength(3)
})
