import { expect, test } from 'vitest'
import { openSeedThread } from '../../../../src/sim/campaign/seed-thread.js'

const job = { seconds: 60, plant: 'second-acker', stopAtFirst: false }
const chunk = { from: 17, count: 8 }
/** A thread that does this with each chunk. */
const threadOf = (answer: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${answer} })`)}`,
  )

test('a thread that dies of an error is an error with its seeds and its cause, not a wait', async () => {
  const thread = openSeedThread(job, threadOf("throw new Error('no memory left')"))

  await expect(thread.run(chunk)).rejects.toMatchObject({
    code: 'BUG',
    message: 'The thread that ran seeds 17 to 24 is gone',
    detail: 'no memory left',
    fix: ['corelab sim run --from 17 --seeds 8 --plant second-acker --workers 1'],
  })
  await expect(thread.run(chunk)).rejects.toMatchObject({ detail: 'no memory left' })
  await thread.end()
})

test('a thread that just ends is one, too', async () => {
  const thread = openSeedThread(job, threadOf('process.exit(3)'))

  await expect(thread.run(chunk)).rejects.toMatchObject({ detail: 'it ended with 3' })
  await thread.end()
})

test('a run that breaks names its seed, and what shows it again', async () => {
  const report = "{ kind: 'broke', seed: 19, reason: 'x is undefined', stack: 'at y' }"
  const thread = openSeedThread(job, threadOf(`parentPort.postMessage(${report})`))

  await expect(thread.run(chunk)).rejects.toMatchObject({
    message: 'The run of seed 19 broke: x is undefined',
    detail: 'at y',
    fix: ['corelab sim replay 19 --plant second-acker'],
  })
  await thread.end()
})

test('what it was doing when it was ended is left off, at once', async () => {
  const thread = openSeedThread(job, threadOf('for (;;) {}'))
  const run = thread.run(chunk)
  await Promise.all([expect(run).rejects.toThrow(), thread.end()])
})
