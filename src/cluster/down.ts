import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Context } from '../kit/context.js'
import { asStep } from '../kit/events.js'
import { nodeNames } from '../model/node.js'
import type { ProcessRecord } from '../model/process-record.js'
import { isThere, readJsonFile, removeTree } from '../sys/files.js'
import { startedBelow } from '../sys/leftovers.js'
import { endProcess } from '../sys/processes.js'
import { socketDirOf } from '../sys/state-dir.js'
import { withEnvironmentLock } from './environment-lock.js'
import type { EnvironmentRef } from './environment-store.js'
import { listEnvironments, pathsOf, readLiveProcesses } from './environment-store.js'

export interface DownOutcome {
  readonly wasRunning: boolean
  readonly deleted: boolean
  /** Where reports stay although the data is deleted; null when nothing was deleted, or nothing stays. */
  readonly reportsKept: string | null
}

/** Longer than the sum of the graces of what the keeper stops in order. */
const keeperGraceMs = 60_000
const serverGraceMs = 20_000
const standbyGraceMs = 2000

/**
 * Stops an environment in order, whatever state it is in: with its keeper, or what a dead keeper left. Keeps
 * the data unless `deleteVolumes`, and what was measured with it, its reports, unless `deleteReports` too. Nothing to stop
 * is not an error.
 */
export async function takeDown(
  options: EnvironmentRef & { readonly deleteVolumes: boolean; readonly deleteReports?: boolean },
  context: Context,
): Promise<DownOutcome> {
  const paths = pathsOf(options)
  const onlyReports = options.deleteReports === true && (await isThere(paths.reportsDir))
  if (!onlyReports && !(await listEnvironments(options.project)).includes(options.env))
    return { wasRunning: false, deleted: false, reportsKept: null }
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
    if (!options.deleteVolumes) return { wasRunning, deleted: false, reportsKept: null }
    const keepReports = options.deleteReports !== true && (await savedReports(options)).length > 0
    const deleting = { step: 'delete', title: 'Delete its data' }
    await asStep(emit, deleting, clock, () => deleteState(options, keepReports))
    return { wasRunning, deleted: true, reportsKept: keepReports ? paths.reportsDir : null }
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

/** Kinds of reports that the environment has: `bench`, `demo`. */
export async function savedReports(ref: EnvironmentRef): Promise<readonly string[]> {
  return readdir(pathsOf(ref).reportsDir).catch(() => [])
}

async function deleteState(ref: EnvironmentRef, keepReports: boolean): Promise<void> {
  const { dir, reportsDir, envFile } = pathsOf(ref)
  await removeTree(socketDirOf(dir))
  if (!keepReports) return removeTree(dir)
  const names = (await readdir(dir)).filter((name) => name !== basename(reportsDir))
  // What makes it an environment goes last: who is interrupted can ask for the same again.
  for (const name of names) if (name !== basename(envFile)) await removeTree(join(dir, name))
  await removeTree(envFile)
}

/** Its folder is the component's, whose name is that of the node. */
function isDatabase(owner: string): boolean {
  return nodeNames.some((node) => owner.endsWith(`/${node}`))
}
