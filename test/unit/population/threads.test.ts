import { expect, test } from 'vitest'
import type { PopulationSpec } from '../../../src/population/population.js'
import { openThread } from '../../../src/population/threads/runner.js'

const spec: PopulationSpec = { seed: 1, customers: 10, entities: 81, locale: 'zh', identity: 'safe' }
const job = { kind: 'digests', first: 0, count: 10 } as const

/** A thread that runs `code` for each job. */
const threadOf = (code: string) =>
  new URL(
    `data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${code} })`,
  )

test('a part that cannot be made is an error that says why', async () => {
  const file = threadOf("parentPort.postMessage({ kind: 'broke', reason: 'no such table', stack: '' })")
  for (const [alone, fix] of [
    [false, ['the same command with --workers 1']],
    [true, []],
  ] as const) {
    const thread = openThread(spec, { alone, file })
    await expect(thread.run(job)).rejects.toMatchObject({
      code: 'BUG',
      message: expect.stringContaining('no such table'),
      fix,
    })
    await thread.end()
  }
})

test('a thread that dies fails the part that it was making, and every later one', async () => {
  const thread = openThread(spec, { alone: true, file: threadOf('process.exit(3)') })

  await expect(thread.run(job)).rejects.toMatchObject({ code: 'BUG' })
  await expect(thread.run(job)).rejects.toMatchObject({ code: 'BUG', message: expect.stringContaining('3') })
})
