import type { HistoryRecorder } from '../../history/recorder.js'
import type { Context } from '../../kit/context.js'
import type { DataSource } from '../../platform/data-source.js'
import type { PopulationSpec } from '../../population/population.js'
import { AppendSession } from './append-session.js'
import type { ClosedLoopRun } from './closed-loop.js'
import { startClosedLoop } from './closed-loop.js'
import { EpochReadSession } from './epoch-read-session.js'
import { transferClients } from './transfer-clients.js'

export interface MixedWritesOptions {
  /** With the rights of a payment subsystem. */
  readonly payments: DataSource
  /** With the rights to write to the schema `bench`, where the table of appends is. */
  readonly appends: DataSource
  readonly population: PopulationSpec
  readonly clients: MixedClients
  /** Each client waits for it before each write. */
  readonly think: () => Promise<void>
  readonly recorder: HistoryRecorder
  /** Ends the run in order. */
  readonly stop: AbortSignal
  readonly originMs: number
  readonly pointIntervalMs: number
  /** Prefix of every idempotency key, unique to this run. */
  readonly keyPrefix: string
  /** Number of the first append client; the others follow. */
  readonly firstClient: number
}

/** Clients that each wait for their answer (closed loop). */
export interface MixedClients {
  readonly transfers: number
  readonly appends: number
  /** Ask the master for its epoch. Counted and measured nowhere: they are eyes, not load. */
  readonly readers: number
}

/** Starts transfers and unique appends side by side, as one load, and returns at once. */
export function runMixedWrites(options: MixedWritesOptions, context: Context): ClosedLoopRun {
  const { clients, recorder, think } = options
  const { clock } = context
  const openTransfers = transferClients({
    ...{ dataSource: options.payments, population: options.population, keyPrefix: options.keyPrefix },
    ...{ recorder, clock, think, repeatOneIn, retriesUnknown: true },
  })
  const openAppends = (index: number) =>
    new AppendSession({
      write: (work) => options.appends.write(work),
      recorder,
      client: options.firstClient + index,
      think,
    })
  const writes = startClosedLoop(
    {
      connections: clients.transfers + clients.appends,
      openSession: async (index) =>
        index < clients.transfers ? openTransfers() : openAppends(index - clients.transfers),
      stop: options.stop,
      originMs: options.originMs,
      pointIntervalMs: options.pointIntervalMs,
    },
    context,
  )
  const reads = startClosedLoop(
    {
      connections: clients.readers,
      openSession: async () =>
        new EpochReadSession({
          dataSource: options.appends,
          recorder,
          clock,
          thinkMs: readPauseMs,
        }),
      stop: options.stop,
    },
    context,
  )
  return { ...writes, finished: bothEnded(writes, reads) }
}

/** A drill is short, and must see that a key sent again moves nothing more. */
const repeatOneIn = 15

/** Often enough to meet an old master that answers for a moment. */
const readPauseMs = 10

/** The history may be closed when the run has ended, so nobody may still be reading. */
async function bothEnded(writes: ClosedLoopRun, reads: ClosedLoopRun) {
  const [written, read] = await Promise.allSettled([writes.finished, reads.finished])
  if (written.status === 'rejected') throw written.reason
  if (read.status === 'rejected') throw read.reason
  return written.value
}
