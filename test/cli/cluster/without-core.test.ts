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

test.each([['switchover'], ['failover'], ['rejoin', 'db-1'], ['verify']])(
  'cluster %s of a core that does not run: exit 1, and how to start it',
  async (...words) => {
    const { code, stdout, stderr } = await runInProcess(['cluster', ...words], { cwd })

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Environment default is not running')
    expect(stderr).toMatch(/Try: .* up$/m)
  },
)

test.each([
  [['rejoin', 'db-9'], 'db-1, db-2, db-3, db-4'],
  [['rejoin', 'db-1', '--mode', 'force'], 'default, inspect, flashback, reclone'],
  [['switchover', '--to', 'db-0'], 'db-1, db-2, db-3, db-4'],
  [['rejoin'], 'node'],
  [['history', '--limit', '0'], 'limit'],
])('cluster %j is wrong usage: exit 2, and what is possible', async (words, possible) => {
  const { code, stderr } = await runInProcess(['cluster', ...words], { cwd })

  expect(code).toBe(2)
  expect(stderr).toContain(possible)
})

test('the history of a core that never ran is empty, for people and for programs', async () => {
  const plain = await runInProcess(['cluster', 'history'], { cwd })
  expect([plain.code, plain.stdout]).toEqual([0, 'No change of master is recorded yet.\n'])

  const { code, stdout } = await runInProcess(['cluster', 'history', '--json'], { cwd })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'corelab/cluster-history@1',
    ok: true,
    data: { epochs: [], underWay: null },
  })
})

test('the chain of a core that never ran is how to start it: exit 1', async () => {
  const { code, stdout } = await runInProcess(['cluster'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^Next\n.* up$/m)
})

test('the help of the topic names every command, in lines of 80 columns', async () => {
  const { code, stdout } = await runInProcess(['cluster', '--help'], { cwd })

  expect(code).toBe(0)
  for (const command of ['failover', 'history', 'reads', 'rejoin', 'switchover', 'verify'])
    expect(stdout).toContain(`cluster ${command}`)
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})
