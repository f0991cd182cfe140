import { availableParallelism } from 'node:os'
import { openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { isoTime } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { EnvironmentStatus } from '../../model/environment.js'
import type { NodeName } from '../../model/node.js'
import { asLoadError, loadPopulation } from '../../population/load.js'
import { type Loaded as LedgerTotals, readLedger } from '../../population/load-ledger.js'
import type { PopulationSpec } from '../../population/population.js'
import { takeDown } from '../down.js'
import { withEnvironmentLock } from '../environment-lock.js'
import type { EnvironmentRef } from '../environment-store.js'
import { pathsOf, readPlan, readSecrets } from '../environment-store.js'
import { readStatus } from '../status.js'
import { bringUp } from '../up.js'
import { awaitAllNodes } from './await-all-nodes.js'
import { demandTables } from './check-tables.js'
import { demandRoom, roomFor } from './estimate.js'
import { asDiskError } from './full-disk.js'
import type { LoadPlan } from './load-plan.js'
import { planLoad, roomFacts } from './plan-load.js'
import { abandonWindow, runWindow } from './run-window.js'
import { type LoadWindow, readWindow, saveWindow, windowOpen } from './window-marker.js'

export interface LoadUsersOptions extends EnvironmentRef {
  readonly spec: PopulationSpec
  /** Also into an empty core by replication, while it serves. */
  readonly append: boolean
  /** Also when a node is down or behind. */
  readonly force: boolean
  /** Asked before a core that serves is stopped. Throws CANCELLED or USAGE when it may not be. */
  readonly confirm: () => Promise<void>
  /** The compiled entry of the threads, where it is not beside this file. */
  readonly threadEntry?: URL | undefined
}

export interface UsersLoaded {
  readonly way: LoadPlan['way']
  readonly spec: PopulationSpec
  readonly customers: number
  readonly accounts: number
  /** Sum of the opening balances, minor units. */
  readonly totalBalance: bigint
  /** Written by this call, and their bytes as text. */
  readonly rows: number
  readonly bytes: number
  readonly durationMs: number
  readonly status: EnvironmentStatus
  /** What was compared with the generator before the nodes started; null unless the load was offline. */
  readonly proof: LoadProof | null
}

/** Of `byRows` every row was read in SQL; the data files of `byFiles` were read back and are what was copied from it. */
export interface LoadProof {
  readonly byRows: readonly NodeName[]
  readonly byFiles: readonly NodeName[]
}

/**
 * Brings the population into an environment and leaves the core usable. An empty core is filled offline; one that has
 * customers gets the others by replication. Killed anywhere, the same call goes on. Throws LOAD_FAILED,
 * POPULATION_DIFFERS, LOAD_WINDOW_OPEN, SCHEMA_ALTERED, DISK_TOO_SMALL, MEMORY_TOO_SMALL, CANCELLED, and what `bringUp` throws.
 */
export async function loadUsers(options: LoadUsersOptions, context: Context): Promise<UsersLoaded> {
  const startedMs = context.clock.monotonicMs()
  const loaded = await loadByWay(options, context).catch(async (error) => {
    throw asLoadError(await asDiskError(error, options.project.dir), options.spec)
  })
  const status = await readStatus(options)
  return { ...loaded, spec: options.spec, status, durationMs: context.clock.monotonicMs() - startedMs }
}

/** What would be done now. Starts, stops and writes nothing; the tables are looked at when the core runs. */
export async function planUsers(options: LoadUsersOptions): Promise<LoadPlan> {
  const window = await readWindow(pathsOf(options))
  if (window !== null) demandSame(window, options.spec)
  const status = await readStatus(options)
  const held = status.state === 'stopped' ? 0 : (await ledgerOf(options)).customers
  const plan = await planLoad({ ...options, held, status, streams: streamsOf() })
  if (status.state !== 'stopped' && plan.way !== 'none') await withMaster(options, demandTables)
  return plan
}

/** Gives an unfinished offline load up. Throws ENV_NOT_RUNNING when there is none. */
export async function abandonUsers(
  ref: EnvironmentRef,
  context: Context,
): Promise<{ readonly undone: boolean }> {
  return withEnvironmentLock({ ...ref, purpose: 'users load' }, context, async () => {
    const window = await readWindow(pathsOf(ref))
    if (window === null)
      throw corelabError('ENV_NOT_RUNNING', {
        message: 'There is no unfinished load to be given up',
        fix: ['corelab status'],
      })
    return { undone: await abandonWindow(window, await readPlan(ref), context) }
  })
}

type Loaded = Omit<UsersLoaded, 'spec' | 'status' | 'durationMs'>

async function loadByWay(options: LoadUsersOptions, context: Context): Promise<Loaded> {
  const open = await readWindow(pathsOf(options))
  if (open !== null) return goOn(options, context)
  const before = await readStatus(options).catch(() => null)
  const wasRunning = before !== null && before.state !== 'stopped'
  if (wasRunning) demandUsable(before, options.force)
  else await bringUp(upOptions(options), context)
  const status = await readStatus(options)
  const ledger = await ledgerOf(options)
  const plan = await planLoad({ ...options, held: ledger.customers, status, streams: streamsOf() })
  if (plan.way === 'none') {
    // An earlier call may have ended before a node that was away had them.
    await awaitAllNodes(options, context)
    return { way: 'none', ...totalsOf(ledger), rows: 0, bytes: 0, proof: null }
  }
  await withMaster(options, demandTables)
  demandRoom(plan.estimate, { customers: options.spec.customers - plan.held, held: plan.held })
  if (plan.way === 'replicated') return loadReplicated(options, context)
  if (wasRunning) await options.confirm()
  await openWindow(options, status, context)
  return goOn(options, context)
}

/** From here on the core is not started by anybody else. */
async function openWindow(
  { spec, ...ref }: LoadUsersOptions,
  { topology }: EnvironmentStatus,
  { clock }: Context,
): Promise<void> {
  if (!topology?.master)
    throw corelabError('NO_MASTER', {
      message: 'There is no master whose data could be filled',
      fix: ['corelab status'],
    })
  await saveWindow(pathsOf(ref), {
    schema: 'corelab/load-window@1',
    phase: 'stopping',
    spec,
    master: topology.master,
    quarantined: topology.nodes.filter(({ serving }) => !serving).map(({ name }) => name),
    startedAt: isoTime(clock.wallMs()),
  })
}

async function goOn(options: LoadUsersOptions, context: Context): Promise<Loaded> {
  const paths = pathsOf(options)
  const begun = await readWindow(paths)
  if (begun !== null) demandSame(begun, options.spec)
  if (begun?.phase === 'stopping') await takeDown({ ...options, deleteVolumes: false }, context)
  const now = await withEnvironmentLock({ ...options, purpose: 'users load' }, context, async () => {
    // Another one may have finished it while this one waited.
    const window = await readWindow(paths)
    if (window === null) return null
    demandSame(window, options.spec)
    return runWindow(window, await windowParts(options), context)
  })
  await bringUp(upOptions(options), context)
  const totals = totalsOf(await ledgerOf(options))
  const proof = begun === null ? null : proofOf(begun, await readPlan(options))
  return { way: 'offline', ...totals, rows: now?.rowsNow ?? 0, bytes: now?.bytesNow ?? 0, proof }
}

/** No window is finished without it. */
function proofOf({ master }: LoadWindow, { nodes }: BootPlan): LoadProof {
  return {
    byRows: [master],
    byFiles: nodes.map(({ name }) => name).filter((name) => name !== master),
  }
}

function totalsOf({ customers, accounts, balance }: LedgerTotals) {
  return { customers, accounts, totalBalance: balance }
}

async function windowParts(options: LoadUsersOptions) {
  const plan = await readPlan(options)
  const { database } = await readSecrets(options)
  const facts = await roomFacts({ ...options, status: await readStatus(options) })
  return {
    plan,
    loaderPassword: database.loader,
    room: roomFor({ ...facts, customers: options.spec.customers, profile: plan.profile }),
    streams: streamsOf(),
    threadEntry: options.threadEntry,
  }
}

/** One sub-table per core: the server takes most of one for each, and the thread that makes the rows a third. */
function streamsOf(): number {
  return Math.min(8, availableParallelism())
}

async function loadReplicated(options: LoadUsersOptions, context: Context): Promise<Loaded> {
  const { loadDir } = pathsOf(options)
  return withMaster(options, async (connection) => {
    const outcome = await loadPopulation({ ...options.spec, connection, loadDir }, context)
    const { customers, accounts, totalBalance, rows, bytes } = outcome
    await awaitAllNodes(options, context)
    return { way: 'replicated', customers, accounts, totalBalance, rows, bytes, proof: null }
  })
}

function ledgerOf(options: LoadUsersOptions) {
  return withMaster(options, (connection) => readLedger(connection, options.spec))
}

async function withMaster<T>(
  options: EnvironmentRef,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const { topology } = await readStatus(options)
  const plan = await readPlan(options)
  const { database } = await readSecrets(options)
  const connection = await openConnection(
    {
      socketPath: socketOf(plan, topology?.master ?? null),
      user: databaseAccounts.loader,
      password: database.loader,
    },
    { connectTimeoutMs: 5000 },
  )
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

function socketOf(plan: BootPlan, master: NodeName | null): string {
  const node = plan.nodes.find(({ name }) => name === master)
  if (node) return node.endpoint.socketPath
  throw corelabError('NO_MASTER', { message: 'There is no master to load into', fix: ['corelab status'] })
}

function upOptions({ project, env }: EnvironmentRef) {
  return { project, env, profile: null, portBase: null, limitMs: null }
}

/** What a node lacks would be copied over, and what it has beyond the others set aside: not without being asked to. */
function demandUsable(status: EnvironmentStatus, force: boolean): void {
  if (status.state === 'usable' || force) return
  const ill = status.components
    .filter(({ state }) => state !== 'ready')
    .map(({ name, state, detail }) => `${name}: ${state}${detail === null ? '' : ` (${detail})`}`)
  throw corelabError('LOAD_FAILED', {
    message: `The core is ${status.state}; nothing is loaded into it without --force`,
    detail: ill.join('\n'),
    fix: ['corelab up', 'corelab users load --force'],
  })
}

function demandSame(window: LoadWindow, spec: PopulationSpec): void {
  const same = (Object.keys(spec) as (keyof PopulationSpec)[]).every((key) => window.spec[key] === spec[key])
  if (!same) throw windowOpen(window)
}
