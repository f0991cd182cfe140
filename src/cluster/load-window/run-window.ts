import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import { formatBytes, formatCount } from '../../kit/units.js'
import type { BootPlan } from '../../model/boot-plan.js'
import { ensureDir, removeTree } from '../../sys/files.js'
import { startedBelow, startedIn } from '../../sys/leftovers.js'
import { killProcesses } from '../../sys/processes.js'
import { statePaths } from '../../sys/state-dir.js'
import { copyData } from './copy-data.js'
import type { LoadUnitsOptions, UnitsLoaded } from './load-units.js'
import { loadUnits } from './load-units.js'
import { forgetOldData, placeCopies, placesOf, putBack } from './place-copies.js'
import { proveWindow, saveChecksums } from './prove-window.js'
import type { LoadWindow } from './window-marker.js'
import { closeWindow, saveWindow } from './window-marker.js'
import type { WindowServerOptions } from './window-server.js'
import { windowPaths, withServer } from './window-server.js'

export interface WindowParts {
  readonly plan: BootPlan
  readonly loaderPassword: string
  readonly room: WindowServerOptions['room']
  readonly streams: number
  readonly threadEntry?: LoadUnitsOptions['threadEntry']
}

/** The step under which the copies show their progress. */
const copyStep = 'population.copy'

/** Whom a copy followed and what it had received is not the node's own; nor is the name of MySQL's server. */
const notCopied = /^(relay|master\.info|multi-master\.info|auto\.cnf)/

/**
 * Goes through what is left of the window's phases, while the core is down. Each phase is noted before the next begins
 * and can be done again from its beginning, so a kill at any moment costs at most one sub-table or one copy. What the
 * nodes had is not touched until every row of a filled copy was compared with the generator, and every block of the copies
 * for the other nodes with what was copied. Returns what was loaded; null when an earlier call had loaded it.
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
    await settle(window, parts, context)
    await copyForOthers(window, parts, context)
    window = await to('proving')
  }
  if (window.phase === 'proving') {
    demandStopped(plan)
    const proof = await proveWindow(window, { ...parts, expected: loaded?.expected ?? null }, context)
    // A copy that is not right is made anew.
    if (proof.copies !== null) await to('copying')
    const wrong = proof.rows ?? proof.copies
    if (wrong !== null) throw wrong
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
  return asStep(
    emit,
    { step: 'population.load', title: `Load ${formatCount(spec.customers)} customers into one node` },
    clock,
    () =>
      withServer({ ...options, room: parts.room }, context, ({ connect }) =>
        loadUnits({ ...parts, spec, connect, pipeDir }, context),
      ),
    ({ rows }) => `${formatCount(rows)} rows`,
  )
}

/** Its redo log gets the size of every day, and no copy is made of what a server left that was killed. */
async function settle(window: LoadWindow, parts: WindowParts, context: Context): Promise<void> {
  const options = { plan: parts.plan, node: window.master, password: parts.loaderPassword, room: null }
  await asStep(
    context.emit,
    { step: 'population.settle', title: 'Restart it with the settings of every day' },
    context.clock,
    () => withServer(options, context, async () => undefined),
  )
}

async function copyForOthers(window: LoadWindow, { plan }: WindowParts, context: Context): Promise<void> {
  const places = placesOf(plan, window.master).filter(({ node }) => node !== window.master)
  await asStep(
    context.emit,
    { step: copyStep, title: `Copy it for ${places.map(({ node }) => node).join(', ')}` },
    context.clock,
    async () => {
      const from = windowPaths(plan).data
      const to = places.map(({ next }) => next)
      const { bytes, checksums } = await copyData({ from, to, except: notCopied, step: copyStep }, context)
      await saveChecksums(plan, checksums)
      return bytes
    },
    formatBytes,
  )
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
