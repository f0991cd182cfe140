import { resolve } from 'node:path'
import type { DatabaseChoice } from '../components/mysql/installation.js'
import type { EnvironmentRecord } from '../model/environment.js'
import type { Project } from '../model/project-config.js'

/**
 * Which database server an environment runs: the one that made its data, else the one of corelab.yaml. `programs` is for
 * the engine it stands beside.
 */
export function databaseChoice(project: Project, record: EnvironmentRecord | null): DatabaseChoice {
  const { engine, programs } = project.config.database
  const kept = record?.engine ?? engine
  return {
    engine: kept,
    programsDir: programs === null || kept !== engine ? null : resolve(project.dir, programs),
  }
}
