import { Worker } from 'node:worker_threads'
import { BugError } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import type { CalibrationTask, TaskAnswer } from './task.js'

/** One thread for calibration work; it does one task at a time. */
export interface CalibrationThread {
  /** Throws CALIBRATION_FAILED with the system's reason. */
  ask<T extends CalibrationTask['task']>(
    task: Extract<CalibrationTask, { task: T }>,
  ): Promise<Extract<TaskAnswer, { task: T }>>
  /** Also in the middle of a task. Never rejects. */
  close(): Promise<void>
}

const compiledEntry = new URL('./calibrate-main.js', import.meta.url)

/** Resolves when the thread has prepared its memory. */
export async function openCalibrationThread(entry: URL = compiledEntry): Promise<CalibrationThread> {
  const worker = new Worker(entry)
  const answer = () =>
    new Promise<TaskAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new BugError('a calibration thread ended')))
    }).finally(() => {
      worker.removeAllListeners('error')
      worker.removeAllListeners('exit')
      // An error after the answer is nobody's: the thread is closed next.
      worker.on('error', () => undefined)
    })
  await answer()
  return {
    async ask(task) {
      const answered = answer()
      worker.postMessage(task)
      return expected(await answered, task.task)
    },
    async close() {
      await worker.terminate().catch(() => undefined)
    },
  }
}

export function expected<T extends CalibrationTask['task']>(
  answer: TaskAnswer,
  task: T,
): Extract<TaskAnswer, { task: T }> {
  if (answer.task === 'failed') {
    throw corelabError('CALIBRATION_FAILED', {
      message: 'A part of the calibration could not be measured',
      detail: answer.reason,
      fix: ['corelab calibrate --fsync-dir <a folder that can be written>'],
    })
  }
  if (answer.task !== task) throw new BugError(`asked for ${task}, answered ${answer.task}`)
  return answer as Extract<TaskAnswer, { task: T }>
}
