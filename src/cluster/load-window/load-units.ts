import { join } from 'node:path'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { cancelled, corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { subTableCount } from '../../model/sub-tables.js'
import type { KeyOrder } from '../../population/chunk-keys.js'
import type { FedRows } from '../../population/feed/feed-job.js'
import { type Feeder, openFeeder } from '../../population/feed/feeder.js'
import { keyParts, roomForKeys, type SharedKeys } from '../../population/feed/shared-keys.js'
import { recordChunk } from '../../population/load-ledger.js'
import { LoadProgress } from '../../population/load-progress.js'
import { loadStatement, unitName } from '../../population/load-statement.js'
import type { PopulationSpec } from '../../population/population.js'
import type { PopulationTable } from '../../population/tables/population-table.js'
import { populationTables } from '../../population/tables/population-tables.js'
import { type ExpectedPopulation, expectedOfUnits, type MadeUnit } from '../../population/verify/expected.js'
import { makeFifo, releaseFifo } from '../../sys/fifo.js'
import { finishedUnits, recordUnit } from './unit-ledger.js'

export interface LoadUnitsOptions {
  readonly spec: PopulationSpec
  /** A session of the loader with the server. */
  readonly connect: () => Promise<SqlConnection>
  /** A folder that the server may read; the pipes are there. */
  readonly pipeDir: string
  /** Sub-tables that are loaded at the same time, each with a thread that makes its rows. */
  readonly streams: number
  /** The compiled entry of those threads, where it is not beside this file. */
  readonly threadEntry?: URL | undefined
}

export interface UnitsLoaded {
  /** Of all units, whoever loaded them. */
  readonly rows: number
  readonly accounts: number
  readonly balance: bigint
  /** By this call. */
  readonly rowsNow: number
  readonly bytesNow: number
  readonly points: readonly { readonly atMs: number; readonly rowsPerSecond: number }[]
  /** What the database must hold; null when earlier calls loaded a part, whose rows would have to be made again. */
  readonly expected: ExpectedPopulation | null
}

/**
 * Loads every sub-table of the population that is not finished, each by one statement in one transaction together with
 * its entry in the ledger, and then notes the population as loaded. Killed anywhere, the next call goes on after the last
 * finished sub-table. Throws LOAD_FAILED, CANCELLED, and what the database says.
 */
export async function loadUnits(options: LoadUnitsOptions, context: Context): Promise<UnitsLoaded> {
  const streams = await openStreams(options)
  const stop = () => {
    for (const { feeder } of streams) feeder.stop()
  }
  context.signal.addEventListener('abort', stop, { once: true })
  try {
    if (context.signal.aborted) throw cancelled()
    const { session } = present(streams[0], 'stream')
    const finished = await finishedUnits(session, options.spec)
    const groups = unfinished(new Set(finished.map(({ unit }) => unit)))
    const progress = new LoadProgress(keysLeft(groups, options.spec.customers), context)
    const made: MadeUnit[] = []
    let keys: SharedKeys | null = null
    for (const orders of rounds) {
      const ofRound = groups.filter(({ order }) => orders.includes(order))
      const keyed = ofRound.find(({ order }) => order !== 'batch')
      const { customers } = options.spec
      if (keyed) keys = await makeKeys(streams, roomForKeys(keyed.order, customers, keys))
      const keysMade = keys
      await shareOut(streams, ofRound, (stream, group) => {
        const shared = group.order === 'batch' ? null : keysMade
        return loadGroup(stream, { group, shared, spec: options.spec, progress, made }, context)
      })
    }
    const points = progress.finish()
    const all = await finishedUnits(session, options.spec)
    const ofAccounts = all.filter(({ unit }) => unit.startsWith('act.settlement_account'))
    const accounts = ofAccounts.reduce((sum, { rows }) => sum + rows, 0)
    const balance = ofAccounts.reduce((sum, { amount }) => sum + amount, 0n)
    await noteLoaded(session, options.spec, { accounts, balance })
    const rows = all.reduce((sum, unit) => sum + unit.rows, 0)
    const expected = expectedOfUnits(made)
    return { rows, accounts, balance, rowsNow: progress.rows, bytesNow: progress.bytes, points, expected }
  } finally {
    context.signal.removeEventListener('abort', stop)
    await closeStreams(streams)
  }
}

/** A session with the server, the thread that makes its rows, and the pipe between them. */
interface Stream {
  readonly session: SqlConnection
  readonly feeder: Feeder
  readonly fifo: string
}

/** Tables that are written one after the other from the same keys. */
interface UnitGroup {
  readonly order: KeyOrder
  readonly subTable: number
  readonly tables: readonly PopulationTable[]
}

async function openStreams(options: LoadUnitsOptions): Promise<Stream[]> {
  const streams: Stream[] = []
  try {
    for (let index = 0; index < options.streams; index++) {
      const fifo = join(options.pipeDir, `rows-${index}.fifo`)
      await makeFifo(fifo)
      const session = await options.connect()
      streams.push({ session, feeder: openFeeder(options.spec, options.threadEntry), fifo })
      // What a killed load left is rolled back in the background, and its rows are locked until then.
      await session.execute('SET SESSION innodb_lock_wait_timeout = 3600')
    }
    return streams
  } catch (error) {
    await closeStreams(streams)
    throw error
  }
}

async function closeStreams(streams: readonly Stream[]): Promise<void> {
  for (const { feeder, session, fifo } of streams) {
    feeder.stop()
    releaseFifo(fifo)
    session.destroy()
    await feeder.end()
  }
}

/** The keys of one order at a time are in memory. Vouchers come first: one long piece of work, beside which others go on. */
const rounds: readonly (readonly KeyOrder[])[] = [['batch', 'customer'], ['mobile'], ['identity']]

function unfinished(finished: ReadonlySet<string>): UnitGroup[] {
  return rounds.flat().flatMap((order) => {
    const tables = populationTables.filter((table) => table.order === order)
    const count = Math.max(0, ...tables.map(({ subTables }) => subTables))
    return Array.from({ length: count }, (_, subTable) => ({
      order,
      subTable,
      tables: tables.filter(
        (table) => subTable < table.subTables && !finished.has(unitName(table, subTable)),
      ),
    })).filter((group) => group.tables.length > 0)
  })
}

function keysLeft(groups: readonly UnitGroup[], customers: number): number {
  const units = groups
    .filter(({ order }) => order !== 'batch')
    .reduce((sum, { tables }) => sum + tables.length, 0)
  return (units / subTableCount) * customers
}

async function makeKeys(streams: readonly Stream[], shared: SharedKeys): Promise<SharedKeys> {
  const parts = Array.from({ length: keyParts(shared) }, (_, part) => part)
  await shareOut(streams, parts, async ({ feeder }, part) => {
    await feeder.run({ kind: 'keys', shared, part })
  })
  return shared
}

/** Each stream takes the next piece when it is done with one. After a failure nobody takes another, and it is thrown when all are idle. */
async function shareOut<T>(
  streams: readonly Stream[],
  pieces: readonly T[],
  work: (stream: Stream, piece: T) => Promise<void>,
): Promise<void> {
  const waiting = [...pieces]
  let failed = false
  const outcomes = await Promise.allSettled(
    streams.map(async (stream) => {
      try {
        for (let piece = waiting.shift(); piece !== undefined && !failed; piece = waiting.shift())
          await work(stream, piece)
      } catch (error) {
        failed = true
        throw error
      }
    }),
  )
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

interface GroupWork {
  readonly group: UnitGroup
  readonly shared: SharedKeys | null
  readonly spec: PopulationSpec
  readonly progress: LoadProgress
  /** Finished ones are added. */
  readonly made: MadeUnit[]
}

async function loadGroup(stream: Stream, work: GroupWork, context: Context): Promise<void> {
  for (const table of work.group.tables) {
    if (context.signal.aborted) throw cancelled()
    await loadUnit(stream, table, work, context)
  }
}

async function loadUnit(
  stream: Stream,
  table: PopulationTable,
  { group, shared, spec, progress, made }: GroupWork,
  context: Context,
): Promise<void> {
  const { session, feeder, fifo } = stream
  const { subTable } = group
  const unit = unitName(table, subTable)
  await session.begin()
  const [taken, fed] = await bothEnds(
    fifo,
    [
      // Not the bulk builder (unique_checks=0 and an empty table): MariaDB 10.11.19 looks up its names for each row there
      // and takes 1.2 to 1.7 times the CPU time of sorted rows inserted as usual, which write no less to disk.
      session.execute(loadStatement(table, subTable, fifo)),
      feeder.run({ kind: 'rows', table: table.name, subTable, shared, fifo }, (sent) =>
        progress.add(group.order === 'batch' ? { ...sent, keys: 0 } : sent),
      ),
    ],
    { feeder, context },
  )
  if (taken.affectedRows !== fed.rows)
    throw corelabError('LOAD_FAILED', {
      message: `${unit}: the server took ${formatCount(taken.affectedRows)} of ${formatCount(fed.rows)} rows`,
    })
  await recordUnit(session, spec, { unit, rows: fed.rows, amount: BigInt(fed.amount) })
  await session.commit()
  made.push({ table, subTable, rows: fed.rows, amount: fed.amount, digests: fed.digests })
}

const releaseEveryMs = 20

/**
 * Waits for the reader and the writer of a pipe. Each waits for the other when it opens it, so when one fails, the other
 * is let go of, again and again, because it may not have come that far.
 */
async function bothEnds(
  fifo: string,
  [reading, writing]: readonly [Promise<{ readonly affectedRows: number }>, Promise<FedRows>],
  { feeder, context }: { readonly feeder: Feeder; readonly context: Context },
): Promise<readonly [{ readonly affectedRows: number }, FedRows]> {
  let open = 2
  let failed = false
  const note = (failure: boolean) => {
    open -= 1
    failed ||= failure
    if (failed && open === 1) void release()
  }
  const release = async () => {
    feeder.stop()
    while (open > 0) {
      releaseFifo(fifo)
      await context.clock.sleep(releaseEveryMs)
    }
  }
  for (const end of [reading, writing])
    end.then(
      () => note(false),
      () => note(true),
    )
  const [taken, fed] = await Promise.allSettled([reading, writing])
  // The server's own words say more than that the pipe broke; but that the rows ended early is our doing.
  if (taken.status === 'rejected') throw taken.reason
  if (fed.status === 'rejected') throw fed.reason
  return [taken.value, fed.value]
}

async function noteLoaded(
  session: SqlConnection,
  spec: PopulationSpec,
  { accounts, balance }: { readonly accounts: number; readonly balance: bigint },
): Promise<void> {
  const [held] = await session.query('SELECT first_row FROM corelab.load_chunk LIMIT 1')
  if (held !== undefined) return
  await recordChunk(session, spec, { firstRow: 0, customers: spec.customers, accounts, balance })
}
