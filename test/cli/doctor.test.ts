import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder } from '../support/corelab.js'
import { runInProcess } from './in-process.js'

let cwd = ''
beforeAll(async () => {
  cwd = await makeFolder()
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

test('the exit status follows the verdict, and the verdict comes with its findings', async () => {
  const { code, stdout } = await runInProcess(
    ['doctor', '--port-base', '1024', '--profile', 'full', '--json'],
    { cwd },
  )

  const { ok, data, meta } = JSON.parse(stdout)
  expect(ok).toBe(true)
  expect(code).toBe(data.ready ? 0 : 1)
  expect(meta.exit).toBe(code)
})

test('the report is a file with the same findings, to attach to a question', async () => {
  const { stdout } = await runInProcess(['doctor', '--json', '--report', 'doctor.json'], { cwd })

  const report = JSON.parse(await readFile(join(cwd, 'doctor.json'), 'utf8'))
  expect(report).toEqual(JSON.parse(stdout).data)
  expect(report.schema).toBe('corelab/doctor-report@1')
})

test('it works without a project and says which profile it judged for', async () => {
  const { stdout } = await runInProcess(['doctor', '--profile', 'tiny'], { cwd })

  expect(stdout).toMatch(/(Ready|Not ready) for profile tiny/)
})
