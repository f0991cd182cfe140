import { join } from 'node:path'
import { takeDown } from '../../cluster/down.js'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { listEnvironments, pathsOf } from '../../cluster/environment-store.js'
import type { UpOutcome } from '../../cluster/up.js'
import { bringUp } from '../../cluster/up.js'
import { present } from '../../kit/assert.js'
import { type Context, uncancelled } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { DrillEnvironment } from '../../model/drill.js'
import type { ProcessId } from '../../model/process-record.js'
import type { ProfileName } from '../../model/profile.js'
import { ensurePrivateDir, readJsonFile, writeFileAtomic } from '../../sys/files.js'
import { isAlive, startTicksOf } from '../../sys/processes.js'

/** In the state folder of an environment that a drill made: by it a later drill knows what it may delete. */
interface DrillClaim {
  readonly schema: 'corelab/drill-claim@1'
  readonly owner: ProcessId
  /** Left on purpose, to be looked at. */
  readonly kept: boolean
}

/**
 * Makes a fresh environment for drills, and brings it up. What a drill that was killed left there is deleted first;
 * anything else that is there is not touched. Throws DRILL_ENV_TAKEN, and what `bringUp` throws.
 */
export async function openDrillEnvironment(
  options: EnvironmentRef & { readonly profile: ProfileName; readonly wishes: DrillEnvironment },
  context: Context,
): Promise<UpOutcome> {
  const { project, env, profile, wishes } = options
  await removeLeftovers({ project, env }, context)
  await claim({ project, env }, false)
  return bringUp(
    {
      project,
      env,
      profile,
      portBase: null,
      limitMs: null,
      faultProxy: wishes.network,
      stonith: wishes.stonith,
      guarded: wishes.guarded,
    },
    context,
  )
}

/** Stops and deletes the environment; kept, it runs on, and no later drill deletes it. Also after Ctrl+C. */
export async function closeDrillEnvironment(
  options: EnvironmentRef & { readonly keep: boolean },
  context: Context,
): Promise<void> {
  const { project, env, keep } = options
  if (keep) return claim({ project, env }, true)
  await takeDown({ project, env, deleteVolumes: true }, uncancelled(context))
}

async function removeLeftovers(ref: EnvironmentRef, context: Context): Promise<void> {
  const known = await readJsonFile<DrillClaim>(claimFileOf(ref))
  const isThere = (await listEnvironments(ref.project)).includes(ref.env)
  if (!known && !isThere) return
  if (!known)
    throw taken(ref, 'It is an environment of yours: drills work in ones of their own.', [
      'corelab drills run ... --env drill',
    ])
  if (isAlive(known.owner) && known.owner.pid !== process.pid)
    throw taken(ref, `Another drill works there (pid ${known.owner.pid}).`, [
      'corelab drills run ... --env drill-2',
    ])
  if (known.kept)
    throw taken(ref, 'It was kept by an earlier drill, for somebody to look at.', [
      `corelab down --env ${ref.env} --volumes`,
      'corelab drills run ... --env drill-2',
    ])
  await takeDown({ ...ref, deleteVolumes: true }, context)
}

async function claim(ref: EnvironmentRef, kept: boolean): Promise<void> {
  const startTicks = present(startTicksOf(process.pid), 'own start time')
  const text: DrillClaim = {
    schema: 'corelab/drill-claim@1',
    owner: { pid: process.pid, startTicks },
    kept,
  }
  await ensurePrivateDir(pathsOf(ref).dir)
  await writeFileAtomic(claimFileOf(ref), `${JSON.stringify(text)}\n`, { mode: 0o600 })
}

function claimFileOf(ref: EnvironmentRef): string {
  return join(pathsOf(ref).dir, 'drill.json')
}

function taken(ref: EnvironmentRef, detail: string, fix: readonly string[]) {
  return corelabError('DRILL_ENV_TAKEN', {
    message: `The environment ${ref.env} is taken`,
    detail,
    fix,
  })
}
