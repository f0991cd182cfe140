import type { Context } from '../kit/context.js'
import { asStep } from '../kit/events.js'
import type { BootPlan } from '../model/boot-plan.js'
import type { ComponentName } from '../model/component-spec.js'
import type { ProcessRecord } from '../model/process-record.js'
import { NativeRuntime } from '../runtime/native/native-runtime.js'
import { readJsonFile, removeTree } from '../sys/files.js'
import { acquireLock } from '../sys/locks.js'
import { endProcess } from '../sys/processes.js'
import type { EnvironmentRef } from './environment-store.js'
import { listEnvironments, pathsOf, readLiveProcesses } from './environment-store.js'
import { lockWaitMs } from './lock-wait.js'

export interface DownOutcome {
  readonly wasRunning: boolean
  readonly deleted: boolean
}

/** Longer than the sum of the graces of what the keeper stops in order. */
const keeperGraceMs = 60_000

/**
 * Stops an environment in order, whatever state it is in: with its keeper, or what a dead keeper left. Keeps
 * the data unless `deleteVolumes`. Nothing to stop is not an error.
 */
export async function takeDown(
  options: EnvironmentRef & { readonly deleteVolumes: boolean },
  context: Context,
): Promise<DownOutcome> {
  const paths = pathsOf(options)
  if (!(await listEnvironments(options.project)).includes(options.env))
    return { wasRunning: false, deleted: false }
  const lock = await acquireLock(paths.lockFile, {
    purpose: 'down',
    waitMs: lockWaitMs,
    clock: context.clock,
    signal: context.signal,
    onWaiting: (holder) =>
      context.emit({
        kind: 'note',
        message: `waiting for corelab ${holder?.purpose ?? ''} (pid ${holder?.pid ?? '?'})`,
      }),
  })
  try {
    const live = await readLiveProcesses(options)
    const wasRunning = live.keeper !== null || Object.keys(live.components).length > 0
    if (wasRunning)
      await asStep(context.emit, { step: 'down', title: 'Stop the core' }, context.clock, () =>
        stopAll(options, live.keeper, context),
      )
    if (options.deleteVolumes)
      await asStep(context.emit, { step: 'delete', title: 'Delete its data' }, context.clock, () =>
        deleteState(options),
      )
    return { wasRunning, deleted: options.deleteVolumes }
  } finally {
    await lock.release()
  }
}

async function stopAll(ref: EnvironmentRef, keeper: ProcessRecord | null, context: Context): Promise<void> {
  // The keeper stops everything in order on SIGTERM; a frozen or stuck one is killed after the grace.
  if (keeper) await endProcess(keeper, { signal: 'SIGTERM', graceMs: keeperGraceMs, clock: context.clock })
  await sweep(ref, context)
}

/** Stops what is still running without a keeper, by the plan it was started from. */
async function sweep(ref: EnvironmentRef, context: Context): Promise<void> {
  const plan = await readJsonFile<BootPlan>(pathsOf(ref).planFile)
  const { components } = await readLiveProcesses(ref)
  const runtime = new NativeRuntime(context.clock)
  await Promise.all(
    Object.entries(components).map(async ([name, record]) => {
      const spec = plan?.components.find((each) => each.name === (name as ComponentName))
      const running = spec ? runtime.adopt(spec, record) : null
      if (running) await running.stop()
      else await endProcess(record, { signal: 'SIGTERM', graceMs: 10_000, clock: context.clock })
    }),
  )
}

async function deleteState(ref: EnvironmentRef): Promise<void> {
  const paths = pathsOf(ref)
  const plan = await readJsonFile<BootPlan>(paths.planFile)
  if (plan) await removeTree(plan.socketDir)
  await removeTree(paths.dir)
}
