import { parentPort } from 'node:worker_threads'
import { reasonOf } from '../../kit/errors.js'
import { openKernel } from './kernel.js'
import { measurePieces } from './measure-pieces.js'
import { probeCopy, probeFsync } from './probes.js'
import type { CalibrationTask, TaskAnswer } from './task.js'

/** The entry of a thread that does calibration work: it blocks, so that nothing of ours runs beside it on its core. */
const now = () => performance.now()
const kernel = openKernel()

parentPort?.on('message', (task: CalibrationTask) => {
  parentPort?.postMessage(answerTo(task))
})
parentPort?.postMessage({ task: 'ready' } satisfies TaskAnswer)

function answerTo(task: CalibrationTask): TaskAnswer {
  try {
    switch (task.task) {
      case 'pieces':
        return { task: 'pieces', slices: measurePieces(kernel.pieces, task.durationMs, now) }
      case 'copy':
        return { task: 'copy', bytesPerSecond: probeCopy(now) }
      case 'fsync':
        return { task: 'fsync', probe: probeFsync(task.folder, task.durationMs, now) }
    }
  } catch (error) {
    return { task: 'failed', reason: reasonOf(error) }
  }
}
