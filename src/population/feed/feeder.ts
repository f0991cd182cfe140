import { cancelled, corelabError } from '../../kit/errors.js'
import type { PopulationSpec } from '../population.js'
import { type JobOutcome, openJobThread } from '../threads/job-thread.js'
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

const threadEntry = new URL('./feed-main.js', import.meta.url)

/** `entry`: the compiled entry of the thread. */
export function openFeeder(spec: PopulationSpec, entry: URL = threadEntry): Feeder {
  const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const data: FeedThreadData = { spec, stop }
  const thread = openJobThread<FeedJob, FeedReport, FedRows>({ entry, data, outcomeOf, broken })
  return {
    run: (job, onRows) =>
      thread.run(job, (news) => {
        if (news.kind === 'more') onRows?.(news)
      }),
    stop: () => void Atomics.store(new Int32Array(stop), 0, 1),
    end: () => thread.end(),
  }
}

function outcomeOf(report: FeedReport): JobOutcome<FedRows> {
  switch (report.kind) {
    case 'more':
      return null
    case 'done':
      return { result: report.fed }
    case 'stopped':
      return { error: cancelled('The rows were ended early') }
    case 'broke':
      return { error: failureOf(report) }
  }
}

/** A broken pipe is the server's end; anything else is ours. */
function failureOf({ reason, stack, errno }: Extract<FeedReport, { kind: 'broke' }>): Error {
  if (errno === null) return broken(reason, stack)
  return corelabError('LOAD_FAILED', { message: `The rows could not be handed over: ${reason}` })
}

function broken(reason: string, stack?: string): Error {
  return corelabError('BUG', { message: `A thread that makes rows broke: ${reason}`, detail: stack })
}
