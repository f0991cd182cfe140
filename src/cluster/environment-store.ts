import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { corelabError } from '../kit/errors.js'
import type { BootPlan } from '../model/boot-plan.js'
import type { EnvironmentRecord, RunRecord } from '../model/environment.js'
import type { ProcessRecord } from '../model/process-record.js'
import type { Project } from '../model/project-config.js'
import type { Secrets } from '../model/secrets.js'
import { ensurePrivateDir, isThere, readJsonFile, writeFileAtomic } from '../sys/files.js'
import { isAlive } from '../sys/processes.js'
import type { StatePaths } from '../sys/state-dir.js'
import { stateDirOf, statePaths, stateRootOf } from '../sys/state-dir.js'

/** An environment of a project, named on the command line. */
export interface EnvironmentRef {
  readonly project: Project
  readonly env: string
}

export function pathsOf(ref: EnvironmentRef): StatePaths {
  return statePaths(stateDirOf({ projectDir: ref.project.dir, env: ref.env }))
}

/** The names of all environments that were ever started in the project and not deleted, sorted. */
export async function listEnvironments(project: Project): Promise<string[]> {
  const names = await readdir(stateRootOf(project.dir)).catch(() => [])
  const known = await Promise.all(
    names.map(async (env) => ((await isThere(pathsOf({ project, env }).envFile)) ? [env] : [])),
  )
  return known.flat().sort()
}

/** The plan that the environment runs by. Throws ENV_NOT_RUNNING when it was never started. */
export async function readPlan(ref: EnvironmentRef): Promise<BootPlan> {
  const plan = await readJsonFile<BootPlan>(pathsOf(ref).planFile)
  if (!plan)
    throw corelabError('ENV_NOT_RUNNING', {
      message: `Environment ${ref.env} was never started`,
      fix: ['corelab up'],
    })
  return plan
}

export async function readSecrets(ref: EnvironmentRef): Promise<Secrets> {
  const secrets = await readJsonFile<Secrets>(pathsOf(ref).secretsFile)
  if (!secrets)
    throw corelabError('FILE_DAMAGED', {
      message: `${pathsOf(ref).secretsFile} is missing`,
      fix: ['corelab down', 'corelab up --new-secrets'],
    })
  return secrets
}

/** What runs: the keeper, if it is alive, and the components that are. */
export async function readLiveProcesses(ref: EnvironmentRef): Promise<{
  readonly keeper: ProcessRecord | null
  readonly components: Readonly<Record<string, ProcessRecord>>
}> {
  const run = await readJsonFile<RunRecord>(pathsOf(ref).runFile)
  if (!run) return { keeper: null, components: {} }
  const alive = Object.entries(run.components).filter(([, record]) => isAlive(record))
  return { keeper: isAlive(run.keeper) ? run.keeper : null, components: Object.fromEntries(alive) }
}

/** Makes what must be there before a keeper can start: the private folders, the record, the secrets, the plan. */
export async function saveEnvironment(
  ref: EnvironmentRef,
  saved: { readonly record: EnvironmentRecord; readonly plan: BootPlan; readonly secrets: Secrets },
): Promise<void> {
  const paths = pathsOf(ref)
  await ensurePrivateDir(paths.dir)
  await ensurePrivateDir(saved.plan.socketDir)
  await ensurePrivateDir(dirname(paths.secretsFile))
  await save(paths.secretsFile, saved.secrets)
  await save(paths.envFile, saved.record)
  await save(paths.planFile, saved.plan)
}

/** Fresh passwords: 24 random bytes each, in an alphabet that no config file has to quote. */
export function generateSecrets(subsystems: readonly string[]): Secrets {
  const password = () => randomBytes(24).toString('base64url')
  return {
    schema: 'corelab/secrets@1',
    database: {
      keeper: password(),
      replication: password(),
      qlink: password(),
      schema: password(),
      loader: password(),
      workload: password(),
      subsystems: Object.fromEntries(subsystems.map((code) => [code.toLowerCase(), password()])),
    },
    redis: password(),
    rabbitmq: password(),
    erlangCookie: randomBytes(20).toString('hex').toUpperCase(),
  }
}

function save(path: string, value: unknown): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
}
