import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { corelab, type Finished, makeProject } from '../support/corelab.js'
import { makeSmallDisk, type SmallDisk } from '../support/small-disk.js'

let disk: SmallDisk
let project: Awaited<ReturnType<typeof makeProject>>

beforeEach(async () => {
  disk = await makeSmallDisk()
  project = await makeProject('bank', disk.dir)
  const up = await run('up', '--profile', 'tiny')
  expect(up.code, up.stdout).toBe(0)
})

afterEach(async () => {
  await disk?.grow()
  await project?.dispose()
  await disk?.dispose()
})

const run = (...args: readonly string[]) => corelab([...args, '--json'], { cwd: project.dir })
const load = ['users', 'load', '--count', '20000', '--yes']

/** The load, on a disk that gets full once it says `words`. */
async function loadUntilFull(words: string, freeMib: number): Promise<Finished> {
  let filling: Promise<void> | null = null
  const finished = await corelab([...load, '--plain', '--verbose'], {
    cwd: project.dir,
    onOutput: (soFar) => {
      if (soFar.includes(words)) filling ??= disk.leaveFree(freeMib)
    },
  })
  await filling
  expect(filling, finished.stderr).not.toBe(null)
  return finished
}

const leftBeside = async () =>
  (await readdir(join(project.dir, '.corelab', 'default', 'components'), { recursive: true })).filter(
    (path) => /before-load|\.loaded$/.test(path),
  )

async function expectProven(): Promise<void> {
  for (const proof of ['users', 'cluster']) {
    const verified = await run(proof, 'verify')
    expect(verified.code, verified.stdout).toBe(0)
  }
}

test('a disk that gets full while a node is filled, and while it is copied, is said; with space it goes on', async () => {
  const filling = await loadUntilFull('into one node', 20)
  expect([filling.code, filling.stderr]).toEqual([3, expect.stringMatching(/DISK_TOO_SMALL/)])
  expect(filling.stderr).toMatch(/The disk is full/)
  expect(await leftBeside()).toEqual([])

  const stillFull = await run(...load)
  expect([stillFull.code, JSON.parse(stillFull.stdout).error.code]).toEqual([3, 'DISK_TOO_SMALL'])
  expect((await run('up')).code).toBe(4)

  await disk.grow()
  const copying = await loadUntilFull('settings of every day', 100)
  expect([copying.code, copying.stderr]).toEqual([3, expect.stringMatching(/DISK_TOO_SMALL/)])
  expect(copying.stderr).toMatch(/could not be copied for all nodes/)
  expect(await leftBeside()).toEqual([])

  await disk.grow()
  const finished = await run(...load)
  expect(finished.code, finished.stdout).toBe(0)
  await expectProven()
}, 300_000)
