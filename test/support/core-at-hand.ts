import { openConnection, type SqlConnection } from '../../src/clients/mysql/connection.js'
import type { EnvironmentStatus } from '../../src/model/environment.js'
import { corelab, type Finished, makeProject } from './corelab.js'
import { endpointsOf, pidOf, statusOf, untilStatus, workloadOn } from './environment.js'

/** A core of a project of its own, with the words in which misfortunes are told. */
export interface CoreAtHand {
  readonly dir: string
  /** A corelab command in its project, answered as JSON. */
  run(...args: readonly string[]): Promise<Finished>
  usable(): Promise<EnvironmentStatus>
  /** The node's name; `none` while there is none. */
  master(): Promise<string>
  shadow(): Promise<string>
  /** A session of the workload account; the caller closes it. */
  sessionOn(node: string): Promise<SqlConnection>
  /** Statements in one session of the workload account; the rows of the last. */
  on<T>(node: string, ...statements: readonly string[]): Promise<T[]>
  onMaster<T>(...statements: readonly string[]): Promise<T[]>
  /** The same as the keeper's account, which may do almost everything. */
  asKeeperOn<T>(node: string, ...statements: readonly string[]): Promise<T[]>
  signal(component: string, signal: NodeJS.Signals): Promise<void>
  dispose(): Promise<void>
}

/** Makes one of the smallest profile and waits until it is usable. */
export async function startCore(): Promise<CoreAtHand> {
  const project = await makeProject()
  const { dir } = project
  const run = (...args: readonly string[]) => corelab([...args, '--json'], { cwd: dir })
  const topologyNow = async () => (await statusOf(dir)).topology
  const sessionOn = async (node: string) =>
    openConnection(workloadOn(await endpointsOf(dir), node), { connectTimeoutMs: 5000, statementLimitMs })
  const on = async <T>(node: string, ...statements: readonly string[]) =>
    rowsOf<T>(await sessionOn(node), statements)
  const core: CoreAtHand = {
    dir,
    run,
    usable: () => untilStatus(dir, ({ state }) => state === 'usable'),
    master: async () => (await topologyNow())?.master ?? 'none',
    shadow: async () => (await topologyNow())?.nodes.find(({ role }) => role === 'shadow')?.name ?? 'none',
    sessionOn,
    on,
    onMaster: async (...statements) => on(await core.master(), ...statements),
    async asKeeperOn(node, ...statements) {
      const endpoints = await endpointsOf(dir)
      const target = { ...workloadOn(endpoints, node), user: 'corelab_keeper' }
      const password = endpoints.secrets.database.keeper
      const session = await openConnection({ ...target, password }, { connectTimeoutMs: 5000 })
      return rowsOf(session, statements)
    },
    signal: async (component, signal) => {
      process.kill(pidOf(await statusOf(dir), component), signal)
    },
    dispose: () => project.dispose(),
  }
  const up = await run('up', '--profile', 'tiny')
  if (up.code !== 0) throw new Error(`no core: ${up.stdout}${up.stderr}`)
  return core
}

const statementLimitMs = 60_000

async function rowsOf<T>(session: SqlConnection, statements: readonly string[]): Promise<T[]> {
  try {
    let rows: T[] = []
    for (const each of statements) rows = await session.query<T>(each)
    await session.close()
    return rows
  } catch (error) {
    session.destroy()
    throw error
  }
}
