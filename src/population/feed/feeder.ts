import { Worker } from 'node:worker_threads'
import { cancelled, corelabError, reasonOf } from '../../kit/errors.js'
import type { PopulationSpec } from '../population.js'
import type { FedRows, FeedJob, FeedReport, FeedThreadData } from './feed-job.js'

/** One more piece of a sub-table was taken by the server. */
export interface RowsFed {
  readonly rows: number
  readonly bytes: number
  /** Keys whose rows these were. */
  readonly keys: number
}

/** A thread that makes keys and writes rows into a pipe, one job at a time. */
export interface Feeder {
  /** Throws LOAD_FAILED when the pipe broke, CANCELLED after `stop`, BUG when the thread is broken. */
  run(job: FeedJob, onRows?: (fed: RowsFed) => void): Promise<FedRows>
  /** The rows that are under way end early, so that the server sees the end of them. For good: nothing else is written. */
  stop(): void
  /** Ends the thread. Whoever waits in the pipe must have been let go of before. */
  end(): Promise<void>
}

/** Dictionaries and the keys of one sub-table. Whoever takes this much is broken. */
const heapMaxMiB = 192

const threadEntry = new URL('./feed-main.js', import.meta.url)

/** `entry`: the compiled entry of the thread. */
export function openFeeder(spec: PopulationSpec, entry: URL = threadEntry): Feeder {
  const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const workerData: FeedThreadData = { spec, stop }
  const worker = new Worker(entry, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMiB },
  })
  let current: Current | null = null
  let death: string | null = null
  const settle = () => {
    const settled = current
    current = null
    return settled
  }
  const die = (reason: string) => {
    death ??= reason
    settle()?.reject(broken(death))
  }
  worker.on('message', (report: FeedReport) => {
    if (report.kind === 'more') current?.onRows?.(report)
    else if (report.kind === 'done') settle()?.resolve(report.fed)
    else if (report.kind === 'stopped') settle()?.reject(cancelled('The rows were ended early'))
    else settle()?.reject(failureOf(report))
  })
  worker.on('error', (error) => die(reasonOf(error)))
  worker.on('exit', (code) => die(`the thread ended with ${code}`))
  return {
    run: (job, onRows) =>
      new Promise((resolve, reject) => {
        if (death !== null) return reject(broken(death))
        current = { resolve, reject, onRows }
        worker.postMessage(job)
      }),
    stop: () => void Atomics.store(new Int32Array(stop), 0, 1),
    end: async () => {
      await worker.terminate()
    },
  }
}

interface Current {
  readonly resolve: (fed: FedRows) => void
  readonly reject: (error: Error) => void
  readonly onRows: ((fed: RowsFed) => void) | undefined
}

/** A broken pipe is the server's end; anything else is ours. */
function failureOf({ reason, stack, errno }: Extract<FeedReport, { kind: 'broke' }>): Error {
  if (errno === null) return broken(reason, stack)
  return corelabError('LOAD_FAILED', { message: `The rows could not be handed over: ${reason}` })
}

function broken(reason: string, stack?: string): Error {
  return corelabError('BUG', { message: `A thread that makes rows broke: ${reason}`, detail: stack })
}
