import { setTimeout as delay } from 'node:timers/promises'
import type { MysqlTarget } from '../../src/clients/mysql/connection.js'
import type { Endpoints } from '../../src/cluster/endpoints.js'
import { readEndpoints } from '../../src/cluster/endpoints.js'
import { pathsOf, readPlan } from '../../src/cluster/environment-store.js'
import { present } from '../../src/kit/assert.js'
import type { BootPlan } from '../../src/model/boot-plan.js'
import type { EnvironmentStatus, RunRecord } from '../../src/model/environment.js'
import { findProject } from '../../src/project/find-project.js'
import { readJsonFile } from '../../src/sys/files.js'
import { corelab } from './corelab.js'

/** What `corelab status --json` says; it must parse in every state. */
export async function statusOf(dir: string, env = 'default'): Promise<EnvironmentStatus> {
  const { stdout, stderr } = await corelab(['status', '--json', '--env', env], { cwd: dir })
  const answer = JSON.parse(stdout)
  if (!answer.data) throw new Error(`status failed: ${stdout}${stderr}`)
  return answer.data as EnvironmentStatus
}

/** Asks until the condition holds; fails with the last status after a minute. */
export async function untilStatus(
  dir: string,
  holds: (status: EnvironmentStatus) => boolean,
  limitMs = 60_000,
): Promise<EnvironmentStatus> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const status = await statusOf(dir)
    if (holds(status)) return status
    if (performance.now() > deadline)
      throw new Error(`the status never came: ${JSON.stringify(status, null, 1)}`)
    await delay(100)
  }
}

export function pidOf(status: EnvironmentStatus, component: string): number {
  const found = status.components.find(({ name }) => name === component)
  return present(found?.pid, `pid of ${component}`)
}

export async function keeperPidOf(dir: string, env = 'default'): Promise<number> {
  const run = await readJsonFile<RunRecord>(
    pathsOf({ project: await findProject({ fromDir: dir }), env }).runFile,
  )
  return present(run, 'run.json').keeper.pid
}

export async function endpointsOf(dir: string, env = 'default'): Promise<Endpoints> {
  return readEndpoints({ project: await findProject({ fromDir: dir }), env })
}

export async function planOf(dir: string, env = 'default'): Promise<BootPlan> {
  return readPlan({ project: await findProject({ fromDir: dir }), env })
}

/** How the workload account reaches a node. */
export function workloadOn(endpoints: Endpoints, node: string): MysqlTarget {
  const { host, port } = present(
    endpoints.databases.find(({ name }) => name === node),
    node,
  )
  return { host, port, user: 'corelab_workload', password: endpoints.secrets.database.workload }
}
