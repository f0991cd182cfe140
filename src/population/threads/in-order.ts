import { present } from '../../kit/assert.js'
import { cancelled } from '../../kit/errors.js'
import type { Part, PartJob } from './part-maker.js'
import type { PartRunner } from './runner.js'

/** Finished parts that may wait for a slower one before them, per runner: what bounds the memory. */
const aheadPerRunner = 2

/**
 * Gives the jobs to all runners and their parts to `take` in the order of the jobs, one at a time, whoever was faster.
 * Throws CANCELLED, and whatever a runner or `take` throws; the runners stay open.
 */
export async function partsInOrder(
  jobs: readonly PartJob[],
  runners: readonly PartRunner[],
  {
    take,
    signal,
  }: { readonly take: (part: Part, job: PartJob) => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  const started: Promise<Part>[] = []
  const idle = [...runners]
  const waiting: ((runner: PartRunner) => void)[] = []
  const release = (runner: PartRunner) => {
    const next = waiting.shift()
    if (next) next(runner)
    else idle.push(runner)
  }
  const start = async (job: PartJob): Promise<Part> => {
    const runner = idle.pop() ?? (await new Promise<PartRunner>((resolve) => waiting.push(resolve)))
    try {
      return await runner.run(job)
    } finally {
      release(runner)
    }
  }
  const ahead = runners.length * aheadPerRunner
  for (const [index, job] of jobs.entries()) {
    while (started.length < Math.min(jobs.length, index + ahead)) {
      const part = start(present(jobs[started.length], 'job'))
      // An earlier failure may end the loop before this one is looked at.
      part.catch(() => undefined)
      started.push(part)
    }
    if (signal.aborted) throw cancelled()
    const part = await present(started[index], 'part')
    started[index] = taken
    await take(part, job)
  }
}

/** In the place of a part that was taken, so that its bytes can go. */
const taken: Promise<Part> = new Promise(() => undefined)
