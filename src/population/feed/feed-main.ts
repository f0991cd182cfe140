import { closeSync, openSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { present } from '../../kit/assert.js'
import { subTableCount } from '../../model/sub-tables.js'
import { errnoOf } from '../../sys/files.js'
import type { ChunkKeys } from '../chunk-keys.js'
import { PopulationGenerator } from '../generator.js'
import { EntityDigests } from '../row-digest.js'
import type { PopulationTable } from '../tables/population-table.js'
import { populationTable } from '../tables/population-tables.js'
import { TsvWriter } from '../tsv-writer.js'
import type { FedRows, FeedJob, FeedReport, FeedThreadData } from './feed-job.js'
import { keysOfSubTable, makeKeyPart, type SharedKeys } from './shared-keys.js'

/**
 * Entry of a thread that writes rows into a pipe. It waits in `open` and `write` until the server takes them: whoever
 * started it must let go of it when the server will not come (`releaseFifo`).
 */
const port = present(parentPort, 'port of the thread')
const { spec, stop } = workerData as FeedThreadData
const stopWish = new Int32Array(stop)
const generator = new PopulationGenerator(spec)
/** A pipe takes 64 KiB at a time: much more would only wait in memory. */
const writer = new TsvWriter(512 * 1024)
/** So many keys are written between two words about the progress: about a megabyte. */
const keysPerReport = 8192

/** Several tables are written one after the other from the same keys. */
let last: { readonly shared: SharedKeys; readonly subTable: number; readonly keys: ChunkKeys } | null = null

let scratch = new Float64Array(0)

const stopped = Object.freeze({ kind: 'stopped' } as const)

port.on('message', (job: FeedJob) => {
  try {
    say({ kind: 'done', fed: perform(job) })
  } catch (error) {
    if (error === stopped) return say(stopped)
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    say({ kind: 'broke', reason: message, stack, errno: errnoOf(error) })
  }
})

function say(report: FeedReport): void {
  port.postMessage(report)
}

function perform(job: FeedJob): FedRows {
  if (job.kind === 'keys') {
    makeKeyPart(generator, job.shared, job.part)
    return { rows: 0, bytes: 0, amount: 0, digests: new Float64Array(0) }
  }
  const keys = keysFor(job)
  const pipe = openSync(job.fifo, 'w')
  try {
    return writeRows(populationTable(job.table), { keys, subTable: job.subTable, pipe })
  } finally {
    closeSync(pipe)
  }
}

function keysFor({ shared, subTable }: Extract<FeedJob, { kind: 'rows' }>): ChunkKeys {
  if (shared === null) return generator.keysOf({ first: 0, count: spec.customers }, 'batch')
  // Compared by the memory itself: a message brings a new object for it each time.
  if (last?.subTable === subTable && last.shared.order === shared.order) return last.keys
  // Sub-tables are of about one size.
  if (scratch.length === 0) scratch = new Float64Array(Math.ceil((spec.customers / subTableCount) * 1.1))
  const keys = keysOfSubTable(shared, subTable, scratch)
  last = { shared, subTable, keys }
  return keys
}

function writeRows(
  table: PopulationTable,
  { keys, subTable, pipe }: { readonly keys: ChunkKeys; readonly subTable: number; readonly pipe: number },
): FedRows {
  const to = keys.starts[subTable + 1] as number
  let rows = 0
  let bytes = 0
  let amount = 0
  const digests = new EntityDigests()
  const flush = () => {
    if (Atomics.load(stopWish, 0) !== 0) throw stopped
    digests.addLines(writer.written())
    for (let at = 0; at < writer.length; ) at += writeSync(pipe, writer.buffer, at, writer.length - at)
    bytes += writer.length
    writer.clear()
  }
  writer.clear()
  for (let from = keys.starts[subTable] as number; from < to; from += keysPerReport) {
    const bytesBefore = bytes
    const slice = sliceOf(keys, subTable, { from, to: Math.min(to, from + keysPerReport) })
    const written = generator.write(table, slice, subTable, writer, flush)
    flush()
    rows += written.rows
    amount += written.amount
    say({
      kind: 'more',
      rows: written.rows,
      bytes: bytes - bytesBefore,
      keys: Math.min(keysPerReport, to - from),
    })
  }
  return { rows, bytes, amount, digests: digests.cells }
}

function sliceOf(
  keys: ChunkKeys,
  subTable: number,
  { from, to }: { readonly from: number; readonly to: number },
): ChunkKeys {
  const starts = keys.starts.slice()
  starts[subTable] = from
  starts[subTable + 1] = to
  return { ...keys, starts }
}
