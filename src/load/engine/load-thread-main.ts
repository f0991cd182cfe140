import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../kit/clock.js'
import { LoadThread } from './load-thread.js'
import { sharedMs } from './thread-handle.js'
import type { ThreadJob, ToThread } from './thread-messages.js'

// Entry of a thread of a load run.
const thread = new LoadThread(workerData as ThreadJob, {
  clock: systemClock,
  tell: (message) => {
    parentPort?.postMessage(message)
    // Nothing keeps the thread alive after its last word.
    if (message.kind === 'ended' || message.kind === 'refused') parentPort?.close()
  },
})

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'stop') void thread.stop(message.drainLimitMs)
  else void thread.begin(message.atMs - sharedMs() + systemClock.monotonicMs())
})
void thread.open()
