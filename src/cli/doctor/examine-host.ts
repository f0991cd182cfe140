import { resolve } from 'node:path'
import { databaseChoice } from '../../cluster/database-choice.js'
import { pathsOf, readLiveProcesses } from '../../cluster/environment-store.js'
import type { DatabaseChoice } from '../../components/mysql/installation.js'
import type { Context } from '../../kit/context.js'
import { CorelabError } from '../../kit/errors.js'
import { exitCodes } from '../../kit/exit-codes.js'
import type { EnvironmentRecord } from '../../model/environment.js'
import type { ProfileName } from '../../model/profile.js'
import { profiles } from '../../model/profile.js'
import type { Project } from '../../model/project-config.js'
import { findProject } from '../../project/find-project.js'
import { readJsonFile, writeFileAtomic } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import type { PlaceFlags } from '../place.js'
import { defaultEnv, startDir } from '../place.js'
import { doctorLines } from '../render/doctor.js'
import { runDoctor } from './run-doctor.js'

/** Examines the host for a project, or, where there is none, for one that could be made here. */
export async function examineHost(
  options: {
    readonly place: PlaceFlags
    readonly profile: ProfileName | null
    readonly portBase: number | null
    /** A file for the findings; null writes none. */
    readonly report: string | null
  },
  context: Context,
): Promise<Answer> {
  const fromDir = startDir(options.place)
  const project = await projectIfAny(fromDir)
  const env = options.place.env ?? defaultEnv
  const report = await runDoctor({
    dir: project?.dir ?? fromDir,
    env,
    isRunning: project !== null && (await isRunning(project, env)),
    profile: profiles[options.profile ?? project?.config.profile ?? 'small'],
    database: await databaseOf(project, env),
    portBase: options.portBase ?? project?.config.ports.base ?? null,
    variables: process.env,
    signal: context.signal,
  })
  if (options.report !== null)
    await writeFileAtomic(resolve(options.report), `${JSON.stringify(report, null, 2)}\n`)
  return {
    data: report,
    lines: (screen) => doctorLines(report, screen),
    exit: report.ready ? exitCodes.ok : exitCodes.negative,
    env,
  }
}

async function projectIfAny(fromDir: string): Promise<Project | null> {
  try {
    return await findProject({ fromDir })
  } catch (thrown) {
    if (thrown instanceof CorelabError && thrown.code === 'PROJECT_NOT_FOUND') return null
    throw thrown
  }
}

/** Without a project it is what a new one would have. */
async function databaseOf(project: Project | null, env: string): Promise<DatabaseChoice> {
  if (project === null) return { engine: 'mariadb', programsDir: null }
  const record = await readJsonFile<EnvironmentRecord>(pathsOf({ project, env }).envFile)
  return databaseChoice(project, record)
}

async function isRunning(project: Project, env: string): Promise<boolean> {
  const { keeper, components } = await readLiveProcesses({ project, env })
  return keeper !== null || Object.keys(components).length > 0
}
