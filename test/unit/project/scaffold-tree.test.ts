import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ScaffoldAction, ScaffoldPlan } from '../../../src/project/scaffold-plan.js'
import { emptyManifest } from '../../../src/project/scaffold-plan.js'
import { listPlan, renderTree } from '../../../src/project/scaffold-tree.js'

const file = (path: string, action: ScaffoldAction, bytes: number) => ({
  path,
  action,
  bytes,
  text: 'x'.repeat(bytes),
  foundHash: null,
})

const plan: ScaffoldPlan = {
  schema: 'corelab/scaffold-plan@1',
  dir: '/srv/north bank',
  name: 'north-bank',
  files: [
    file('corelab.yaml', 'keep-edited', 1400),
    file('README.md', 'upgrade', 3300),
    file('config/mysql/extra.cnf', 'create', 430),
    file('subsystems/act/contract.yaml', 'unchanged', 18_000),
    file('subsystems/act/handler.mjs', 'overwrite', 600),
    file('subsystems/pay/handler.mjs', 'create', 600),
    file('.gitignore', 'create', 110),
  ],
  manifest: emptyManifest,
}

test('a plan is shown as a tree, with what happens to each file', async () => {
  const expected = new URL('../../../fixtures/outputs/init-tree.txt', import.meta.url)

  expect(renderTree(plan)).toBe(await readFile(expected, 'utf8'))
})

test('a plan for a program leaves the texts out', () => {
  const listed = listPlan(plan)

  expect(listed.files[0]).toEqual({ path: 'corelab.yaml', action: 'keep-edited', bytes: 1400 })
  expect(JSON.stringify(listed)).not.toContain('xxx')
})
