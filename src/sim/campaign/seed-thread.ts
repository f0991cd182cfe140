import { Worker } from 'node:worker_threads'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { RunResult } from '../run/run-seed.js'
import { jobFlags, replayCommand } from './replay-command.js'
import type { Chunk, ChunkReport, SeedJob } from './run-chunk.js'

/** Whoever runs seeds for a campaign, a chunk at a time. */
export interface SeedRunner {
  /** Throws BUG with the seed when a run breaks, and with the seeds when the runner itself ends. */
  run(chunk: Chunk): Promise<readonly RunResult[]>
  /** At once; what it was doing is lost. */
  end(): Promise<void>
}

/** A run needs a few MiB. Whoever takes this much is broken, and must not take the host's memory as well. */
const heapMaxMiB = 512

const threadFile = new URL('./seed-thread-main.js', import.meta.url)

/** A thread of its own. `file`: its entry, compiled. */
export function openSeedThread(job: SeedJob, file: URL = threadFile): SeedRunner {
  const worker = new Worker(file, {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMiB },
  })
  let waiting: {
    readonly chunk: Chunk
    readonly resolve: (runs: readonly RunResult[]) => void
    readonly reject: (error: Error) => void
  } | null = null
  let death: string | null = null
  const die = (reason: string) => {
    death ??= reason
    const last = waiting
    waiting = null
    if (last !== null) last.reject(lost(last.chunk, job, death))
  }
  worker.on('message', (report: ChunkReport) => {
    const current = waiting
    waiting = null
    if (report.kind === 'ran') current?.resolve(report.runs)
    else current?.reject(broken(report, job))
  })
  worker.on('error', (error) => die(reasonOf(error)))
  worker.on('exit', (code) => die(`it ended with ${code}`))
  return {
    run: (chunk) =>
      new Promise((resolve, reject) => {
        if (death !== null) return reject(lost(chunk, job, death))
        waiting = { chunk, resolve, reject }
        worker.postMessage(chunk)
      }),
    end: async () => {
      await worker.terminate()
    },
  }
}

function lost({ from, count }: Chunk, { seconds, plant }: SeedJob, reason: string): Error {
  return corelabError('BUG', {
    message: `The thread that ran seeds ${from} to ${from + count - 1} is gone`,
    detail: reason,
    fix: [`corelab sim run --from ${from} --seeds ${count}${jobFlags({ seconds, plant })} --workers 1`],
  })
}

function broken(report: ChunkReport & { readonly kind: 'broke' }, { seconds, plant }: SeedJob): Error {
  return corelabError('BUG', {
    message: `The run of seed ${report.seed} broke: ${report.reason}`,
    detail: report.stack,
    fix: [replayCommand({ seed: report.seed, seconds, plant })],
  })
}
