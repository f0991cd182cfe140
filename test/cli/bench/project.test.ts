import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { exampleTarget } from '../../../src/load/projection/target-file.js'
import { temporaryDir } from '../../support/temp-dir.js'
import { sampleResult } from '../../unit/load/projection/samples.js'
import { runInProcess } from '../in-process.js'

const dir = temporaryDir()
const project = (...argv: string[]) => runInProcess(['bench', 'project', ...argv], { cwd: dir.path })
const save = (name: string, text: string) => writeFile(join(dir.path, name), text)

beforeEach(async () => {
  await save('host.yaml', exampleTarget)
  for (const connections of [8, 50, 200]) {
    const folder = join(dir.path, `reads-${connections}`)
    await mkdir(folder)
    const result = sampleResult({ connections, perSecond: 30_000 + 50 * connections })
    await writeFile(join(folder, 'result.json'), JSON.stringify(result))
  }
  const writes = sampleResult({
    scenario: 'db-write',
    perSecond: 5000,
    cpuUs: { client: 15, 'db-1': 120, 'db-2': 60, 'db-3': 50, 'db-4': 50, qlink: 25 },
  })
  await save('writes.json', JSON.stringify(writes))
})

const results = ['reads-8', 'reads-50', 'reads-200', 'writes.json']

test('what was measured and what is projected stand apart, in 80 columns', async () => {
  const { code, stdout } = await project('--target', 'host.yaml', ...results)

  const [measured = '', projected = ''] = stdout.split(/^PROJECTED, NOT MEASURED/m)
  expect(code).toBe(0)
  expect(measured).toMatch(/^db-read socket +200 +40,000 /m)
  expect(measured).not.toContain('~')
  expect(projected).toMatch(/^reads socket +~[\d,]+ +~[\d,]+ to ~[\d,]+ +200,000 QPS +\d+ %$/m)
  expect(projected).toMatch(/cores of this kind for the readers \(3 hosts together\)/)
  expect(projected).toContain('most valuable next measurement')
  expect(projected).toContain('Not projected, because not measured: customer.')
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('the same seed gives the same answer, for machines too', async () => {
  const again = () => project('--target', 'host.yaml', '--json', '--seed', '7', ...results)
  const [a, b] = [await again(), await again()]

  const { data } = JSON.parse(a.stdout)
  expect(data).toEqual(JSON.parse(b.stdout).data)
  expect(data).toMatchObject({ schema: 'corelab/projection@1', seed: 7 })
  expect(data.figures[0].perSecond.low).toBeLessThan(data.figures[0].perSecond.median)
})

test('without a target, an example is offered', async () => {
  const { code, stderr } = await project(...results)

  expect(code).toBe(2)
  expect(stderr).toContain('bench project --example > host.yaml')
})

test('a target file with problems names them with their lines', async () => {
  await save('bad.yaml', 'cores: many\nspeed: { cpuClass: epyc-milano }\n')

  const { code, stderr } = await project('--target', 'bad.yaml', ...results)
  expect(code).toBe(2)
  expect(stderr).toContain('bad.yaml does not describe a target host (2 problems)')
  expect(stderr).toContain('line 1: cores is "many"')
  expect(stderr).toContain('Did you mean epyc-milan?')
})

test('files that are not there are named, with the command that makes them', async () => {
  await save('calibrated.yaml', 'cores: 8\nspeed: { calibration: gone.json }\n')

  const target = await project('--target', 'none.yaml', ...results)
  const calibration = await project('--target', 'calibrated.yaml', ...results)
  const result = await project('--target', 'host.yaml', 'nothing')

  expect(target.stderr).toContain('There is no file none.yaml')
  expect(calibration.stderr).toContain('calibrate --out')
  expect(result.stderr).toContain('nothing is no result of a benchmark')
  expect([target.code, calibration.code, result.code]).toEqual([2, 2, 2])
})

test('a calibrated target needs a calibration of this host, by the same kernel', async () => {
  const speed = { perSecond: 100, median: 100, low: 90 }
  const pieces = { hash: speed, scan: speed, chase: speed, calls: speed }
  const calibration = {
    ...{ schema: 'corelab/calibration@1', kernel: 1, takenAt: '2026-01-02T03:04:05.000Z', seconds: 4 },
    host: {
      ...{ hostname: 'here', cpuModel: 'Some CPU', cores: 2, threadsPerCore: null, memoryBytes: 8e9 },
      ...{ kernel: '6.1', node: '20.20.0' },
    },
    ...{ disturbed: false, singleThread: pieces, allThreadsGain: 2 },
    ...{ memory: { copyBytesPerSecond: 9e9, loadNs: 80 }, fsync: null },
  }
  await save('target.json', JSON.stringify({ ...calibration, allThreadsGain: 40 }))
  await save('here.json', JSON.stringify(calibration))
  await save('old.json', JSON.stringify({ ...calibration, kernel: 0 }))
  await save('cal.yaml', 'cores: 32\nspeed: { calibration: target.json }\n')

  const alone = await project('--target', 'cal.yaml', ...results)
  const old = await project('--target', 'cal.yaml', '--here', 'old.json', ...results)
  const both = await project('--target', 'cal.yaml', '--here', 'here.json', ...results)

  expect(alone.stderr).toContain('this host has none to divide')
  expect(old.stderr).toContain('different kernels: 1 of the target, 0 of this host')
  expect(both.stdout).toContain('from calibration of both hosts')
})

test('results that carry nothing are an inconclusive answer that says why', async () => {
  const lost = sampleResult({ change: (result) => ({ ...result, figure: null, notAFigure: 'a lost write' }) })
  await save('lost.json', JSON.stringify(lost))

  const { code, stderr } = await project('--target', 'host.yaml', 'lost.json')
  expect(code).toBe(5)
  expect(stderr).toContain('no figure: a lost write')
})

test('the example is the file that the reader takes', async () => {
  const { code, stdout } = await project('--example')

  expect(code).toBe(0)
  expect(stdout).toBe(exampleTarget)
})

test('the back-test says how many rows it missed', async () => {
  const { code, stdout } = await project('--back-test')

  expect(code).toBe(0)
  expect(stdout).toMatch(/^\d+ of 12 published rows are inside the 90 % interval/m)
})

test('levels that are no numbers of clients are refused', async () => {
  const { code, stderr } = await project('--target', 'host.yaml', '--measure', '1,x')

  expect(code).toBe(2)
  expect(stderr).toContain('not a list of numbers of clients')
})
