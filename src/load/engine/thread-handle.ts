import { Worker } from 'node:worker_threads'
import type { Clock } from '../../kit/clock.js'
import { reasonOf } from '../../kit/errors.js'
import { LoadThread } from './load-thread.js'
import type { FromThread, ThreadJob, ToThread } from './thread-messages.js'

/** A thread as its run sees it, in the calling thread or beside it. */
export interface ThreadHandle {
  /** Times in it are on the caller's clock. */
  send(message: ToThread): void
  /** Resolves when nothing more will come; with the reason when that was not its own end. */
  readonly gone: Promise<string | null>
  dispose(): Promise<void>
}

type Listener = (message: FromThread) => void

/** Runs the sessions in the calling thread. */
export function threadHere(job: ThreadJob, clock: Clock, listener: Listener): ThreadHandle {
  let resolveGone: (reason: string | null) => void = () => undefined
  const gone = new Promise<string | null>((resolve) => {
    resolveGone = resolve
  })
  const tell = (message: FromThread) => {
    listener(message)
    if (message.kind === 'ended' || message.kind === 'refused') resolveGone(null)
  }
  const thread = new LoadThread(job, { clock, tell })
  void thread.open()
  return {
    send: (message) => {
      if (message.kind === 'begin') void thread.begin(message.atMs)
      else void thread.stop(message.drainLimitMs)
    },
    gone,
    dispose: async () => undefined,
  }
}

/** Runs them in a thread of its own. `entry`: the compiled entry. */
export function threadBeside(job: ThreadJob, clock: Clock, listener: Listener, entry: URL): ThreadHandle {
  const worker = new Worker(entry, { workerData: job })
  const gone = new Promise<string | null>((resolve) => {
    let ended = false
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'ended' || message.kind === 'refused') ended = true
      listener(message)
      if (ended) resolve(null)
    })
    worker.on('error', (error) => resolve(reasonOf(error)))
    worker.on('exit', (code) => resolve(ended ? null : `the thread ended with ${code}`))
  })
  return {
    send: (message) => {
      const shared =
        message.kind === 'begin'
          ? { ...message, atMs: message.atMs - clock.monotonicMs() + sharedMs() }
          : message
      worker.postMessage(shared)
    },
    gone,
    dispose: async () => {
      await worker.terminate()
    },
  }
}

/** A clock that all threads of a process share. */
export function sharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
