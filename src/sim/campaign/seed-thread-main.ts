import { parentPort, workerData } from 'node:worker_threads'
import { present } from '../../kit/assert.js'
import { type Chunk, runChunk, type SeedJob } from './run-chunk.js'

/** Entry of a thread of a campaign: answers each chunk with its report. */
const port = present(parentPort, 'port of the thread')
port.on('message', (chunk: Chunk) => port.postMessage(runChunk(workerData as SeedJob, chunk)))
