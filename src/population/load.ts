import type { SqlConnection } from '../clients/mysql/connection.js'
import type { Context } from '../kit/context.js'
import { CorelabError, cancelled, corelabError, isCancelled, reasonOf } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import { formatCount } from '../kit/units.js'
import { PopulationGenerator } from './generator.js'
import { makeLoadDir } from './load-dir.js'
import { type Loaded, readLedger } from './load-ledger.js'
import type { LoadPath } from './load-path.js'
import { LoadProgress, loadStep } from './load-progress.js'
import { assertPopulation, type PopulationSpec } from './population.js'
import { ReplicatedLoadPath } from './replicated-load-path.js'
import { populationTables } from './tables/population-tables.js'

export interface LoadPopulationOptions extends PopulationSpec {
  /** A session with the master as `corelab_loader`. */
  readonly connection: SqlConnection
  /** A folder that the database server can read; temporary files come and go here. */
  readonly loadDir: string
}

export interface LoadOutcome {
  /** Customers and accounts of the whole population, whoever loaded them. */
  readonly customers: number
  readonly accounts: number
  /** Rows written by this call; 0 when everything was there already. */
  readonly rows: number
  /** Of these rows, as text. */
  readonly bytes: number
  /** Sum of all opening balances, in minor units. */
  readonly totalBalance: bigint
  readonly durationMs: number
  /** `atMs` counts from the start of the load. */
  readonly points: readonly { readonly atMs: number; readonly rowsPerSecond: number }[]
  readonly alreadyLoaded: boolean
}

/**
 * Loads the population through the master; replication carries it to the other nodes. Goes on after whatever an
 * earlier call finished. Throws POPULATION_DIFFERS, LOAD_FAILED or CANCELLED.
 */
export function loadPopulation(options: LoadPopulationOptions, context: Context): Promise<LoadOutcome> {
  assertPopulation(options)
  const title = `Load ${formatCount(options.customers)} customers with their accounts`
  return asStep(
    context.emit,
    { step: loadStep, title },
    context.clock,
    async () => {
      try {
        return await loadMissing(options, context)
      } catch (error) {
        throw asLoadError(error, options)
      }
    },
    ({ rows, alreadyLoaded }) =>
      alreadyLoaded ? 'everything was there already' : `${formatCount(rows)} rows`,
  )
}

async function loadMissing(options: LoadPopulationOptions, context: Context): Promise<LoadOutcome> {
  const { clock } = context
  const startedMs = clock.monotonicMs()
  const before = await readLedger(options.connection, options)
  if (before.customers === options.customers) {
    const durationMs = clock.monotonicMs() - startedMs
    return { ...totals(before), rows: 0, bytes: 0, durationMs, points: [], alreadyLoaded: true }
  }
  const generator = new PopulationGenerator(options)
  const progress = new LoadProgress(keysOfLoad(options.customers - before.customers), context)
  const files = await makeLoadDir(options.loadDir)
  try {
    const { connection } = options
    const path = new ReplicatedLoadPath({ connection, generator, spec: options, dir: files.dir })
    const after = await loadChunks(path, { before, customers: options.customers }, progress, context)
    const durationMs = clock.monotonicMs() - startedMs
    const points = progress.finish()
    return {
      ...totals(after),
      rows: progress.rows,
      bytes: progress.bytes,
      durationMs,
      points,
      alreadyLoaded: false,
    }
  } finally {
    await files.remove()
  }
}

async function loadChunks(
  path: LoadPath,
  { before, customers }: { readonly before: Loaded; readonly customers: number },
  progress: LoadProgress,
  { signal }: Context,
): Promise<Loaded> {
  let loaded = before
  while (loaded.customers < customers) {
    if (signal.aborted) throw cancelled()
    const count = Math.min(path.customersPerChunk, customers - loaded.customers)
    const chunk = await path.loadChunk(
      { first: loaded.customers, count },
      (sent) => progress.add(sent),
      signal,
    )
    loaded = {
      customers: loaded.customers + chunk.customers,
      accounts: loaded.accounts + chunk.accounts,
      balance: loaded.balance + chunk.balance,
    }
  }
  return loaded
}

/** Each table is written from the keys of all customers; those of the vouchers are too few to count. */
function keysOfLoad(customers: number): number {
  return customers * populationTables.filter(({ order }) => order !== 'batch').length
}

function totals(loaded: Loaded) {
  return { customers: loaded.customers, accounts: loaded.accounts, totalBalance: loaded.balance }
}

/** What went wrong with a server or a file, as the failure of a load; anything else comes back as it was. */
export function asLoadError(error: unknown, { customers, seed }: PopulationSpec): unknown {
  if (isCancelled(error)) return error
  const known = error instanceof CorelabError
  if (known && !becomesLoadError.has(error.code)) return error
  const fromFiles = error instanceof Error && 'syscall' in error
  if (!known && !fromFiles) return error
  return corelabError('LOAD_FAILED', {
    message: `Loading ${formatCount(customers)} customers of seed ${seed} stopped: ${reasonOf(error)}`,
    detail: known ? (error.detail ?? undefined) : undefined,
    fix: ['run the same command again: it goes on from the last finished chunk', 'corelab status'],
    cause: error,
  })
}

const becomesLoadError: ReadonlySet<string> = new Set([
  'DATABASE_REFUSED',
  'DATABASE_UNREACHABLE',
  'WRITE_OUTCOME_UNKNOWN',
])
