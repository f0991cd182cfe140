import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { detectMysql } from '../components/mysql/installation.js'
import { preparedDataDirOf } from '../components/mysql/prepared-data-dir.js'
import { detectRabbitmq } from '../components/rabbitmq/rabbitmq-component.js'
import { detectRedis } from '../components/redis/redis-component.js'
import type { Context } from '../kit/context.js'
import type { BootPlan, PortPlan } from '../model/boot-plan.js'
import type { DatabaseEngine } from '../model/database-engine.js'
import { engineTitles } from '../model/database-engine.js'
import type { EnvironmentRecord } from '../model/environment.js'
import type { ProfileName } from '../model/profile.js'
import { profiles } from '../model/profile.js'
import type { Secrets } from '../model/secrets.js'
import { subsystemCodes } from '../model/subsystem.js'
import { packageRoot } from '../project/package-root.js'
import { readServerOverrides } from '../project/server-overrides.js'
import { readJsonFile } from '../sys/files.js'
import { isPortFree } from '../sys/ports.js'
import { socketDirOf } from '../sys/state-dir.js'
import { databaseChoice } from './database-choice.js'
import type { EnvironmentRef } from './environment-store.js'
import { generateSecrets, pathsOf, readLiveProcesses, readPlan } from './environment-store.js'
import { planBoot } from './plan-boot.js'
import { chooseBlock, portsFrom, portsWanted } from './port-block.js'
import { prepareOptions } from './prepare.js'

export interface UpOptions extends EnvironmentRef {
  /** null: what the environment had last, else what corelab.yaml says. */
  readonly profile: ProfileName | null
  /** First port of the block; null: the recorded one, corelab.yaml's, or a free block. */
  readonly portBase: number | null
  /** Limit for each component to become ready; null keeps the components' own. */
  readonly limitMs: number | null
  /** Lets every connection to a node go through a fault proxy. Default: as its servers run now, else no. */
  readonly faultProxy?: boolean | undefined
  /** Whether a failover also ends the old master's process. Default: as its servers run now, else yes. */
  readonly stonith?: boolean | undefined
  /** Whether the keeper puts safety settings back. Default: as its servers run now, else yes. */
  readonly guarded?: boolean | undefined
  /** Starts a second keeper, too, which takes over when the first one is gone. Default: no. */
  readonly standby?: boolean | undefined
  /** Starts with fresh passwords. Default: with those it had. */
  readonly newSecrets?: boolean | undefined
}

/**
 * The plan that `up` would execute now. Reads the host and the state folder, writes nothing. Throws
 * PROGRAM_MISSING, PROGRAM_TOO_OLD, PORTS_EXHAUSTED.
 */
export async function planUp(options: UpOptions, context: Context): Promise<BootPlan> {
  // A dry run shows no secret, so fresh ones that nobody keeps will do.
  const known = await readJsonFile<Secrets>(pathsOf(options).secretsFile)
  return planWith(options, known ?? generateSecrets(subsystemCodes), context)
}

/** Like {@link planUp}, for secrets that the caller keeps. */
export async function planWith(options: UpOptions, secrets: Secrets, context: Context): Promise<BootPlan> {
  const { project, env } = options
  const paths = pathsOf(options)
  const record = await readJsonFile<EnvironmentRecord>(paths.envFile)
  const choice = databaseChoice(project, record)
  if (choice.engine !== project.config.database.engine) warnEngineKept(choice.engine, context)
  const [mysql, redis, rabbitmq] = await Promise.all([detectMysql(choice), detectRedis(), detectRabbitmq()])
  return planBoot({
    project: { name: project.config.name, dir: project.dir },
    env,
    stateDir: paths.dir,
    socketDir: record?.socketDir ?? socketDirOf(paths.dir),
    profile: profiles[options.profile ?? record?.profile ?? project.config.profile],
    ports: await choosePorts(options, record, context),
    secrets,
    installations: { mysql, redis, rabbitmq },
    userConfig: await readServerOverrides(project.dir),
    preparedDataDir: preparedDataDirOf(await prepareOptions(mysql)),
    nodeProgram: process.execPath,
    hostEntryFile: join(packageRoot, 'dist', 'subsystems', 'host-main.js'),
    qlinkEntryFile: join(packageRoot, 'dist', 'cluster', 'qlink-main.js'),
    proxyEntryFile: join(packageRoot, 'dist', 'cluster', 'fault-proxy-main.js'),
    ...(await waysOf(options, context)),
    asRoot: process.getuid?.() === 0,
    directIo: await takesDirectIo(project.dir),
    readyLimitMs: options.limitMs,
  })
}

/** Servers that are adopted from a keeper that died keep the ways between them: they are connected already. */
async function waysOf(
  options: UpOptions,
  context: Context,
): Promise<{ readonly faultProxy: boolean; readonly stonith: boolean; readonly guarded: boolean }> {
  const { components } = await readLiveProcesses(options)
  if (Object.keys(components).length === 0)
    return {
      faultProxy: options.faultProxy ?? false,
      stonith: options.stonith ?? true,
      guarded: options.guarded ?? true,
    }
  const { network, stonith, guarded } = await readPlan(options)
  if (options.faultProxy && network === null)
    context.emit({
      kind: 'warning',
      code: 'NETWORK_KEPT',
      message: 'the core runs without a fault proxy; corelab down, then up --fault-proxy puts it in',
    })
  return { faultProxy: network !== null, stonith, guarded }
}

function warnEngineKept(engine: DatabaseEngine, context: Context): void {
  context.emit({
    kind: 'warning',
    code: 'ENGINE_KEPT',
    message: `this environment's data was made by ${engineTitles[engine]}, which it keeps; corelab down --volumes, then up changes it`,
  })
}

/**
 * Ports that were asked for are taken as they are: the check before the start names who holds a busy one.
 * Recorded ones are kept while they are free or ours; else the environment moves to the next free block.
 */
async function choosePorts(
  options: UpOptions,
  record: EnvironmentRecord | null,
  context: Context,
): Promise<PortPlan> {
  const asked = options.portBase ?? options.project.config.ports.base
  if (asked !== null) return portsFrom(asked)
  const stateDir = pathsOf(options).dir
  if (record === null) return chooseBlock({ stateDir, isFree: isPortFree })
  const { keeper, components } = await readLiveProcesses(options)
  if (keeper !== null || Object.keys(components).length > 0) return record.ports
  const busy = await firstBusyPort(record.ports)
  if (busy === null) return record.ports
  const ports = await chooseBlock({ stateDir, isFree: isPortFree })
  context.emit({
    kind: 'warning',
    code: 'PORTS_MOVED',
    message: `port ${busy} of the last run is busy: this environment moves to ports ${ports.base} and following`,
  })
  return ports
}

async function firstBusyPort(ports: PortPlan): Promise<number | null> {
  for (const { port } of portsWanted(ports)) if (!(await isPortFree(port))) return port
  return null
}

/** Whether files in the folder can be opened past the page cache; tmpfs and some network disks refuse. */
async function takesDirectIo(dir: string): Promise<boolean> {
  const probe = join(dir, `.corelab-direct-io-${process.pid}`)
  try {
    const file = await open(probe, constants.O_CREAT | constants.O_RDWR | constants.O_DIRECT, 0o600)
    await file.close()
    return true
  } catch {
    return false
  } finally {
    await rm(probe, { force: true })
  }
}
