import { corelabError } from '../kit/errors.js'
import type { BootPlan } from '../model/boot-plan.js'
import type { ComponentStatus, EnvironmentRecord, EnvironmentStatus } from '../model/environment.js'
import { readJsonFile } from '../sys/files.js'
import { keeperSocketOf } from '../sys/keeper-socket.js'
import type { EnvironmentRef } from './environment-store.js'
import { listEnvironments, pathsOf, readLiveProcesses } from './environment-store.js'
import { keeperClient } from './keeper-client.js'
import type { LoadWindow } from './load-window/window-marker.js'
import { readWindow, windowOpen } from './load-window/window-marker.js'

/**
 * The state of an environment: from its keeper when it runs, else from what it left behind. A stopped environment
 * is an answer, not an error. Throws ENV_UNKNOWN for a name that is neither `default` nor known.
 */
export async function readStatus(ref: EnvironmentRef): Promise<EnvironmentStatus> {
  const known = await listEnvironments(ref.project)
  if (!known.includes(ref.env)) return neverStarted(ref, known)
  const live = await readLiveProcesses(ref)
  const plan = await readJsonFile<BootPlan>(pathsOf(ref).planFile)
  const window = await readWindow(pathsOf(ref))
  const ask = live.keeper && plan ? keeperClient(keeperSocketOf(plan.socketDir)).status() : null
  if (window !== null) {
    // Its keeper may be about to end.
    const status = await ask?.catch(() => null)
    return loading(status ?? (await withoutKeeper(ref, plan, [])), window)
  }
  if (ask !== null) return ask
  return withoutKeeper(ref, plan, Object.keys(live.components))
}

function neverStarted(ref: EnvironmentRef, known: readonly string[]): EnvironmentStatus {
  if (known.length > 0)
    throw corelabError('ENV_UNKNOWN', {
      message: `There is no environment ${ref.env} in ${ref.project.dir}`,
      detail: `Known environments: ${known.join(', ')}`,
      fix: [`corelab status --env ${known[0]}`, `corelab up --env ${ref.env}`],
    })
  return { ...empty(ref), next: ['corelab up'] }
}

/** The core stays down until the load is finished or given up. */
function loading(status: EnvironmentStatus, window: LoadWindow): EnvironmentStatus {
  const { message, fix } = windowOpen(window)
  return { ...status, problem: message, next: [...fix] }
}

async function withoutKeeper(
  ref: EnvironmentRef,
  plan: BootPlan | null,
  left: readonly string[],
): Promise<EnvironmentStatus> {
  const record = await readJsonFile<EnvironmentRecord>(pathsOf(ref).envFile)
  const components = (plan?.components ?? []).map(
    (spec): ComponentStatus => ({
      name: spec.name,
      kind: spec.kind,
      state: left.includes(spec.name) ? 'degraded' : 'stopped',
      role: null,
      endpoint: '',
      pid: null,
      memoryBytes: null,
      lagTransactions: null,
      detail: left.includes(spec.name) ? 'runs, but its keeper is gone' : null,
    }),
  )
  return {
    ...empty(ref),
    profile: record?.profile ?? null,
    state: left.length > 0 ? 'degraded' : 'stopped',
    components,
    next: left.length > 0 ? ['corelab up   (adopts what runs)', 'corelab down'] : ['corelab up'],
  }
}

function empty(ref: EnvironmentRef): EnvironmentStatus {
  return {
    project: ref.project.dir,
    env: ref.env,
    profile: null,
    state: 'stopped',
    epoch: null,
    topology: null,
    components: [],
    problem: null,
    next: [],
  }
}
