import { parentPort, workerData } from 'node:worker_threads'
import { present } from '../../kit/assert.js'
import type { PopulationSpec } from '../population.js'
import { type PartJob, PartMaker } from './part-maker.js'
import type { PartReport } from './runner.js'

/** Entry of a thread that makes parts of one population. The bytes are handed over, not copied. */
const port = present(parentPort, 'port of the thread')
const maker = new PartMaker(workerData as PopulationSpec)

port.on('message', (job: PartJob) => {
  const report = reportOf(job)
  const bytes = report.kind === 'made' ? report.part.bytes : null
  port.postMessage(report, bytes === null ? [] : [bytes.buffer as ArrayBuffer])
})

function reportOf(job: PartJob): PartReport {
  try {
    return { kind: 'made', part: maker.make(job) }
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    return { kind: 'broke', reason: message, stack }
  }
}
