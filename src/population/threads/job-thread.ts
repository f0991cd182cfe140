import { Worker } from 'node:worker_threads'
import { reasonOf } from '../../kit/errors.js'

/** A thread that does one job at a time. */
export interface JobThread<Job, Report, Result> {
  /** `onNews`: what it says before the job is done. Throws what `outcomeOf` gives as an error, or `broken` when the thread is gone. */
  run(job: Job, onNews?: (report: Report) => void): Promise<Result>
  /** At once; what it was doing is lost. */
  end(): Promise<void>
}

/** What a report says of the job: how it ended, or null when it goes on. */
export type JobOutcome<Result> = { readonly result: Result } | { readonly error: Error } | null

export interface JobThreadOptions<Report, Result> {
  /** The compiled entry of the thread. */
  readonly entry: URL
  /** What it begins with. */
  readonly data: unknown
  readonly outcomeOf: (report: Report) => JobOutcome<Result>
  /** The error for a thread that ended by itself. */
  readonly broken: (reason: string) => Error
}

/** Dictionaries, and one part or the keys of one sub-table. Whoever takes this much is broken. */
const heapMaxMiB = 192

export function openJobThread<Job, Report, Result>({
  entry,
  data,
  outcomeOf,
  broken,
}: JobThreadOptions<Report, Result>): JobThread<Job, Report, Result> {
  const worker = new Worker(entry, {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMiB },
  })
  let current: Current<Report, Result> | null = null
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
  worker.on('message', (report: Report) => {
    const outcome = outcomeOf(report)
    if (outcome === null) current?.onNews?.(report)
    else if ('result' in outcome) settle()?.resolve(outcome.result)
    else settle()?.reject(outcome.error)
  })
  worker.on('error', (error) => die(reasonOf(error)))
  worker.on('exit', (code) => die(`the thread ended with ${code}`))
  return {
    run: (job, onNews) =>
      new Promise((resolve, reject) => {
        if (death !== null) return reject(broken(death))
        current = { resolve, reject, onNews }
        worker.postMessage(job)
      }),
    end: async () => {
      await worker.terminate()
    },
  }
}

interface Current<Report, Result> {
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
  readonly onNews: ((report: Report) => void) | undefined
}
