import { corelabError } from '../kit/errors.js'
import type { EnvironmentRef } from './environment-store.js'
import { pathsOf, readPlan } from './environment-store.js'

export interface LogFile {
  readonly component: string
  readonly path: string
}

/** The log files of an environment: each server's own log, its raw output, and the keeper's. */
export async function logFilesOf(ref: EnvironmentRef): Promise<LogFile[]> {
  const plan = await readPlan(ref)
  const files = plan.components.flatMap(({ name, serverLog, outputLog }) =>
    [...new Set([serverLog, outputLog])].map((path) => ({ component: name as string, path })),
  )
  return [...files, { component: 'keeper', path: pathsOf(ref).keeperLog }]
}

/** The files of the named components; all of them when none is named. Throws COMPONENT_UNKNOWN. */
export function selectLogFiles(files: readonly LogFile[], components: readonly string[]): LogFile[] {
  const known = [...new Set(files.map((file) => file.component))]
  const unknown = components.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw corelabError('COMPONENT_UNKNOWN', {
      message: `There is no component ${unknown}`,
      detail: `Components: ${known.join(', ')}`,
      fix: ['corelab status'],
    })
  return files.filter((file) => components.length === 0 || components.includes(file.component))
}
