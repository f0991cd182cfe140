import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { corelab, makeFolder } from '../../support/corelab.js'
import { runInProcess } from '../in-process.js'

let cwd = ''
beforeAll(async () => {
  cwd = await makeFolder()
  await corelab(['init', '.', '--yes'], { cwd })
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

test('a core that does not run has nobody to switch: exit 1, and how to start it', async () => {
  const { code, stdout, stderr } = await runInProcess(['cluster', 'reads'], { cwd })

  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('Environment default is not running')
  expect(stderr).toMatch(/Try: .* up$/m)
})

test('a list that names nobody is wrong usage: exit 2, and what is meant', async () => {
  const { code, stderr } = await runInProcess(['cluster', 'reads', '--from', 'shadow,slave'], { cwd })

  expect(code).toBe(2)
  expect(stderr).toContain('did you mean slaves?')
})
