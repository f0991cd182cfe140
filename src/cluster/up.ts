import { join } from 'node:path'
import type { Context } from '../kit/context.js'
import type { CorelabError } from '../kit/errors.js'
import { corelabError } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import type { EnvironmentStatus } from '../model/environment.js'
import type { ProcessRecord } from '../model/process-record.js'
import { subsystemCodes } from '../model/subsystem.js'
import { packageRoot } from '../project/package-root.js'
import { ensurePrivateDir, readJsonFile, writeFileAtomic } from '../sys/files.js'
import { keeperSocketOf } from '../sys/keeper-socket.js'
import { isAlive, spawnDetached } from '../sys/processes.js'
import type { StatePaths } from '../sys/state-dir.js'
import type { Endpoints } from './endpoints.js'
import { readEndpoints } from './endpoints.js'
import { withEnvironmentLock } from './environment-lock.js'
import type { EnvironmentRef } from './environment-store.js'
import {
  generateSecrets,
  listEnvironments,
  pathsOf,
  readLiveProcesses,
  readPlan,
  readSecrets,
} from './environment-store.js'
import { followUp } from './follow-keeper.js'
import { keeperClient } from './keeper-client.js'
import { demandNoWindow } from './load-window/window-marker.js'
import type { UpOptions } from './plan-up.js'
import { planWith } from './plan-up.js'
import { checkHost } from './preflight.js'
import { prepareEnvironment } from './prepare.js'
import { readStatus } from './status.js'

export interface UpOutcome {
  readonly alreadyRunning: boolean
  readonly status: EnvironmentStatus
  readonly endpoints: Endpoints
}

/**
 * Brings an environment up until it is usable: makes it, starts it again, adopts what a dead keeper left, or
 * mends what is degraded. Running it on a usable environment changes nothing. Cancelling a start stops what it
 * had started. Throws USAGE for new passwords while servers run, and what the plan, the host checks or the keeper report.
 */
export async function bringUp(options: UpOptions, context: Context): Promise<UpOutcome> {
  const paths = pathsOf(options)
  await ensurePrivateDir(paths.dir)
  return withEnvironmentLock({ ...options, purpose: 'up' }, context, async () => {
    await demandNoWindow(paths)
    const { keeper, components } = await readLiveProcesses(options)
    if (options.newSecrets && (keeper !== null || Object.keys(components).length > 0))
      throw secretsInUse(options)
    const alreadyRunning =
      keeper === null ? await startKeeper(options, context) : await joinKeeper(options, keeper, context)
    if (options.standby) await ensureStandby(options)
    return { alreadyRunning, status: await readStatus(options), endpoints: await readEndpoints(options) }
  })
}

/** Servers take their passwords at their start only; half of them with other ones could not talk to the other half. */
function secretsInUse({ env }: UpOptions): CorelabError {
  return corelabError('USAGE', {
    message: `Environment ${env} is running with the passwords it has; it takes new ones when it starts`,
    fix: ['corelab down', 'corelab up --new-secrets'],
  })
}

async function startKeeper(options: UpOptions, context: Context): Promise<false> {
  const paths = pathsOf(options)
  const isNew = !(await listEnvironments(options.project)).includes(options.env)
  const isFresh = isNew || options.newSecrets === true
  const secrets = isFresh ? generateSecrets(subsystemCodes) : await readSecrets(options)
  const plan = await asStep(
    context.emit,
    { step: 'plan', title: 'Plan and check this host' },
    context.clock,
    async () => {
      const plan = await planWith(options, secrets, context)
      const { components } = await readLiveProcesses(options)
      await checkHost(plan, { isNew, heldByUs: Object.keys(components).length > 0 })
      return plan
    },
  )
  await prepareEnvironment(options, { plan, secrets }, context)
  await followUp(paths, context, async () => {
    const spawned = await spawnKeeper(paths, [])
    return { keeper: spawned.record, stopOnCancel: true }
  })
  return false
}

/** A second keeper that waits for the end of the first one. */
async function ensureStandby(ref: EnvironmentRef): Promise<void> {
  const paths = pathsOf(ref)
  const known = await readJsonFile<ProcessRecord>(paths.standbyFile)
  if (known && isAlive(known)) return
  const { record } = await spawnKeeper(paths, ['--standby'])
  await writeFileAtomic(paths.standbyFile, `${JSON.stringify(record)}\n`, { mode: 0o600 })
}

function spawnKeeper(paths: StatePaths, args: readonly string[]) {
  return spawnDetached({
    command: process.execPath,
    args: [join(packageRoot, 'dist', 'cluster', 'keeper-main.js'), paths.dir, ...args],
    env: { NODE_ENV: 'production' },
    cwd: paths.dir,
    outputLog: paths.keeperLog,
  })
}

/** A keeper is there: usable, or still starting (its starter was killed), or degraded and to be mended. */
async function joinKeeper(options: UpOptions, keeper: ProcessRecord, context: Context): Promise<boolean> {
  const plan = await readPlan(options)
  if (options.profile !== null && options.profile !== plan.profile.name)
    context.emit({
      kind: 'warning',
      code: 'PROFILE_KEPT',
      message: `the core runs with profile ${plan.profile.name}; corelab down, then up --profile ${options.profile} changes it`,
    })
  const client = keeperClient(keeperSocketOf(plan.socketDir))
  const { state } = await client.status()
  if (state === 'usable') return true
  await followUp(pathsOf(options), context, async () => {
    if (state === 'degraded') await client.reconcile()
    return { keeper, stopOnCancel: state === 'starting' }
  })
  return false
}
