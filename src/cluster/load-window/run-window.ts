import type { Context } from '../../kit/context.js'
import { CorelabError, corelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import { formatBytes, formatCount } from '../../kit/units.js'
import type { BootPlan } from '../../model/boot-plan.js'
import { ensureDir, removeTree } from '../../sys/files.js'
import { startedBelow, startedIn } from '../../sys/leftovers.js'
import { killProcesses } from '../../sys/processes.js'
import { statePaths } from '../../sys/state-dir.js'
import { compareCopies } from './compare-copies.js'
import { copyData } from './copy-data.js'
import type { LoadUnitsOptions, UnitsLoaded } from './load-units.js'
import { loadUnits } from './load-units.js'
import { forgetOldData, placeCopies, placesOf, putBack } from './place-copies.js'
import { proveRows } from './prove-rows.js'
import type { LoadWindow } from './window-marker.js'
import { closeWindow, saveWindow } from './window-marker.js'
import type { WindowServer, WindowServerOptions } from './window-server.js'
import { startWindowServer, windowPaths } from './window-server.js'

export interface WindowParts {
  readonly plan: BootPlan
  readonly loaderPassword: string
  readonly room: WindowServerOptions['room']
  readonly streams: number
  readonly threadEntry?: LoadUnitsOptions['threadEntry']
}

/** The steps under which files and rows show their progress. */
const copyStep = 'population.copy'
const compareStep = 'population.compare'
const proveStep = 'population.prove'

/** Whom a copy followed and what it had received is not the node's own; nor is the name of MySQL's server. */
const notCopied = /^(relay|master\.info|multi-master\.info|auto\.cnf)/

/**
 * Goes through what is left of the window's phases, while the core is down. Each phase is noted before the next begins
 * and can be done again from its beginning, so a kill at any moment costs at most one sub-table or one copy. What the
 * nodes had is not touched until every row of a filled copy was compared with the generator, and every byte of the copies
 * for the other nodes with it.
 * Returns what was loaded; null when an earlier call had loaded it.
 */
export async function runWindow(
  begun: LoadWindow,
  parts: WindowParts,
  context: Context,
): Promise<UnitsLoaded | null> {
  const { plan } = parts
  const paths = statePaths(plan.stateDir)
  const to = (phase: LoadWindow['phase']) => saveWindow(paths, { ...window, phase })
  let window = begun
  let loaded: UnitsLoaded | null = null
  if (window.phase === 'stopping') {
    demandStopped(plan)
    await takeData(window, parts, context)
    window = await to('loading')
  }
  if (window.phase === 'loading') {
    loaded = await fill(window, parts, context)
    window = await to('copying')
  }
  const places = placesOf(plan, window.master)
  if (window.phase === 'copying') {
    demandStopped(plan)
    await copyForOthers(window, parts, context)
    window = await to('comparing')
  }
  if (window.phase === 'comparing') {
    demandStopped(plan)
    // A copy that is not right is made anew.
    await compareForOthers(window, parts, context).catch(async (error) => {
      if (isVerifyFailure(error)) await to('copying')
      throw error
    })
    window = await to('placing')
  }
  if (window.phase === 'placing') {
    demandStopped(plan)
    await placeCopies(places)
    window = await to('placed')
  }
  await forgetOldData(places, window.quarantined)
  await removeTree(windowPaths(plan).dir)
  await closeWindow(paths)
  return loaded
}

/**
 * Gives the load up: the nodes have what they had. Returns false when the new data has its place already and this
 * finished the window instead.
 */
export async function abandonWindow(
  window: LoadWindow,
  plan: BootPlan,
  { clock }: Context,
): Promise<boolean> {
  const { dir } = windowPaths(plan)
  await killProcesses(() => startedIn(dir), clock)
  const places = placesOf(plan, window.master)
  const isPlaced = window.phase === 'placed'
  if (isPlaced) await forgetOldData(places, window.quarantined)
  else if (window.phase === 'placing') await putBack(places)
  for (const { next } of places) await removeTree(next)
  await removeTree(dir)
  await closeWindow(statePaths(plan.stateDir))
  return !isPlaced
}

/** The master's data as the orderly stop left it, beside: whatever happens to the copy, the original stays. */
async function takeData(window: LoadWindow, { plan }: WindowParts, context: Context): Promise<void> {
  const paths = windowPaths(plan)
  await asStep(
    context.emit,
    { step: 'population.take', title: `Copy the data of ${window.master}` },
    context.clock,
    async () => {
      await removeTree(paths.dir)
      await ensureDir(paths.dir, { mode: 0o700 })
      return copyData(
        {
          from: statePaths(plan.stateDir).component(window.master).data,
          to: [paths.data],
          except: /^$/,
          step: 'population.take',
        },
        context,
      )
    },
    ({ bytes }) => formatBytes(bytes),
  )
}

async function fill(window: LoadWindow, parts: WindowParts, context: Context): Promise<UnitsLoaded> {
  const { plan } = parts
  const { spec } = window
  const { emit, clock } = context
  const options = { plan, node: window.master, password: parts.loaderPassword }
  const pipeDir = statePaths(plan.stateDir).loadDir
  const loaded = await asStep(
    emit,
    { step: 'population.load', title: `Load ${formatCount(spec.customers)} customers into one node` },
    clock,
    () =>
      withServer({ ...options, room: parts.room }, context, ({ connect }) =>
        loadUnits({ ...parts, spec, connect, pipeDir }, context),
      ),
    ({ rows }) => `${formatCount(rows)} rows`,
  )
  await asStep(
    emit,
    { step: proveStep, title: 'Restart it with the settings of every day, and compare every row' },
    clock,
    () =>
      withServer({ ...options, room: null }, context, ({ connect }) =>
        proveRows(
          {
            ...{ connect, spec, node: window.master, streams: parts.streams, step: proveStep },
            expected: loaded.expected,
          },
          context,
        ),
      ),
    ({ rows }) => `${formatCount(rows)} rows are the generator's`,
  )
  return loaded
}

/** However the work ends, no server is left. One that did not stop in order has left nothing that may be copied. */
async function withServer<T>(
  options: WindowServerOptions,
  context: Context,
  work: (server: WindowServer) => Promise<T>,
): Promise<T> {
  const server = await startWindowServer(options, context)
  let result: T
  try {
    result = await work(server)
  } catch (error) {
    await server.end()
    throw error
  }
  await server.stop()
  return result
}

async function copyForOthers(window: LoadWindow, { plan }: WindowParts, context: Context): Promise<void> {
  const places = placesOf(plan, window.master).filter(({ node }) => node !== window.master)
  await asStep(
    context.emit,
    { step: copyStep, title: `Copy it for ${places.map(({ node }) => node).join(', ')}` },
    context.clock,
    () =>
      copyData(
        {
          from: windowPaths(plan).data,
          to: places.map(({ next }) => next),
          except: notCopied,
          step: copyStep,
        },
        context,
      ),
    ({ bytes }) => formatBytes(bytes),
  )
}

async function compareForOthers(window: LoadWindow, { plan }: WindowParts, context: Context): Promise<void> {
  const places = placesOf(plan, window.master).filter(({ node }) => node !== window.master)
  const nodes = places.map(({ node }) => node).join(', ')
  await asStep(
    context.emit,
    { step: compareStep, title: `Compare the copies for ${nodes}` },
    context.clock,
    () =>
      compareCopies(
        {
          original: { node: window.master, dir: windowPaths(plan).data },
          copies: places.map(({ node, next }) => ({ node, dir: next })),
          except: notCopied,
          step: compareStep,
        },
        context,
      ),
    ({ bytes }) => `${formatBytes(bytes)} are equal`,
  )
}

function isVerifyFailure(error: unknown): boolean {
  return error instanceof CorelabError && error.code === 'VERIFY_FAILED'
}

/** Copies of files that a server works on would be no good, and neither would the server be. */
function demandStopped(plan: BootPlan): void {
  const own = windowPaths(plan).dir
  const running = startedBelow(plan.stateDir).filter(({ owner }) => owner !== own)
  if (running.length === 0) return
  throw corelabError('LOAD_FAILED', {
    message: `Something of the core still runs: ${running.map(({ pid, owner }) => `${owner} (pid ${pid})`).join(', ')}`,
    fix: ['corelab down', 'then the same command again'],
  })
}
