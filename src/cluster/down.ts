import type { Context } from '../kit/context.js'
import { asStep } from '../kit/events.js'
import { nodeNames } from '../model/node.js'
import type { ProcessRecord } from '../model/process-record.js'
import { readJsonFile, removeTree } from '../sys/files.js'
import { startedBelow } from '../sys/leftovers.js'
import { endProcess } from '../sys/processes.js'
import { socketDirOf } from '../sys/state-dir.js'
import { withEnvironmentLock } from './environment-lock.js'
import type { EnvironmentRef } from './environment-store.js'
import { listEnvironments, pathsOf, readLiveProcesses } from './environment-store.js'

export interface DownOutcome {
  readonly wasRunning: boolean
  readonly deleted: boolean
}

/** Longer than the sum of the graces of what the keeper stops in order. */
const keeperGraceMs = 60_000
const serverGraceMs = 20_000
const standbyGraceMs = 2000

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
  return withEnvironmentLock({ ...options, purpose: 'down' }, context, async () => {
    // A damaged record must not keep anybody from stopping: its processes are found by what they carry.
    const keeper = await readLiveProcesses(options).then(
      (live) => live.keeper,
      () => null,
    )
    const wasRunning = keeper !== null || startedBelow(paths.dir).length > 0
    const { clock, emit } = context
    if (wasRunning)
      await asStep(emit, { step: 'down', title: 'Stop the core' }, clock, () =>
        stopAll(options, keeper, context),
      )
    if (options.deleteVolumes)
      await asStep(emit, { step: 'delete', title: 'Delete its data' }, clock, () => deleteState(options))
    return { wasRunning, deleted: options.deleteVolumes }
  })
}

async function stopAll(ref: EnvironmentRef, keeper: ProcessRecord | null, context: Context): Promise<void> {
  const { clock } = context
  // First who would take the keeper's end for its own turn.
  const standby = await readJsonFile<ProcessRecord>(pathsOf(ref).standbyFile).catch(() => null)
  if (standby) await endProcess(standby, { signal: 'SIGTERM', graceMs: standbyGraceMs, clock })
  // The keeper stops everything in order on SIGTERM; a frozen or stuck one is killed after the grace.
  if (keeper) await endProcess(keeper, { signal: 'SIGTERM', graceMs: keeperGraceMs, clock })
  // What a dead keeper left, recorded or not. A database is killed: one that is shut down in order answers OK to commits
  // that nobody has acknowledged (hole H5), and without a keeper nobody knows whether there are such.
  await Promise.all(
    startedBelow(pathsOf(ref).dir).map((each) =>
      endProcess(each, {
        signal: isDatabase(each.owner) ? 'SIGKILL' : 'SIGTERM',
        graceMs: serverGraceMs,
        clock,
      }),
    ),
  )
}

async function deleteState(ref: EnvironmentRef): Promise<void> {
  const paths = pathsOf(ref)
  await removeTree(socketDirOf(paths.dir))
  await removeTree(paths.dir)
}

/** Its folder is the component's, whose name is that of the node. */
function isDatabase(owner: string): boolean {
  return nodeNames.some((node) => owner.endsWith(`/${node}`))
}
