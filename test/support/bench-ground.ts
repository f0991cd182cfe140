import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { systemClock } from '../../src/kit/clock.js'
import type { Context } from '../../src/kit/context.js'
import type { BenchCore } from '../../src/load/bench/bench-core.js'
import { defaultWishes, type RunWishes } from '../../src/load/bench/run-wishes.js'
import type { LoadRecord } from '../../src/load/engine/load-record.js'
import { startLoad } from '../../src/load/engine/run-load.js'
import type { Prepared, Scenario } from '../../src/load/scenarios/scenario.js'
import type { BenchCheck } from '../../src/model/bench-result.js'
import { loadPopulation } from '../../src/population/load.js'
import type { PopulationSpec } from '../../src/population/population.js'
import type { SubsystemHost } from '../../src/subsystems/host.js'
import { endpointsOf } from './bank.js'
import { testSecrets } from './secrets.js'
import { type HostGround, prepareHostGround } from './subsystem-host.js'
import { topologyOf } from './topologies.js'

export const benchContext: Context = {
  clock: systemClock,
  emit: () => undefined,
  signal: new AbortController().signal,
}

/** A small core for scenarios: one database node with a population, Redis, and the subsystem host in this process. */
export interface BenchGround {
  readonly core: BenchCore
  /** A session of an account that may do everything. */
  readonly admin: SqlConnection
  readonly ground: HostGround
  dispose(): Promise<void>
}

export async function prepareBenchGround(population: PopulationSpec): Promise<BenchGround> {
  const ground = await prepareHostGround()
  let host: SubsystemHost | null = null
  try {
    const loadDir = join(ground.dir, 'load')
    await mkdir(loadDir)
    await loadPopulation({ ...population, connection: ground.admin, loadDir }, benchContext)
    host = await ground.startHost()
    return {
      core: coreOf(ground, host.port, population),
      admin: ground.admin,
      ground,
      async dispose() {
        await host?.stop()
        await ground.dispose()
      },
    }
  } catch (error) {
    await host?.stop()
    await ground.dispose()
    throw error
  }
}

function coreOf(ground: HostGround, hostPort: number, population: PopulationSpec): BenchCore {
  const { server, redis } = ground
  const topology = topologyOf({ epoch: 1, down: [2, 3, 4], endpoint: endpointsOf({ 'db-1': server }) })
  const address = { host: '127.0.0.1', port: server.port, socketPath: server.socketPath }
  const node = { name: 'db-1', role: 'master', ...address }
  return {
    name: 'test core',
    profile: 'tiny',
    engine: 'mariadb',
    versions: {},
    databases: [{ ...node, user: 'corelab_workload', password: testSecrets.database.workload }],
    benchSchema: 'bench',
    population,
    processes: [],
    environment: {
      projectDir: ground.dir,
      env: 'test',
      endpoints: {
        engine: 'mariadb',
        databases: [node],
        redis: redis.target,
        rabbitmq: { host: '127.0.0.1', port: 1, user: 'corelab', password: '', vhost: 'corelab' },
        subsystems: { url: `http://127.0.0.1:${hostPort}` },
        secrets: testSecrets,
      },
      topology,
      topologyFile: ground.topologyFile,
      socketDir: ground.dir,
    },
    writesMax: null,
  }
}

/** A short closed loop in this thread. */
export function shortWishes(options: Readonly<Record<string, string>> = {}): RunWishes {
  return { ...defaultWishes, connections: 8, warmUpMs: 100, durationMs: 1200, options }
}

export interface ScenarioRun {
  readonly prepared: Prepared
  readonly record: LoadRecord
  checks(): Promise<readonly BenchCheck[]>
}

/** Prepares and runs; the caller looks at the checks, as often as it likes, and disposes. */
export async function runInTest(
  scenario: Scenario,
  core: BenchCore,
  wishes: RunWishes,
): Promise<ScenarioRun> {
  const prepared = await scenario.prepare(core, wishes, benchContext)
  const record = await startLoad(prepared.plan, benchContext).finished
  return { prepared, record, checks: async () => prepared.verify(record, benchContext) }
}

/** The summaries of the checks that do not hold. */
export async function failuresOf(run: ScenarioRun): Promise<string> {
  const checks = await run.checks()
  return checks
    .filter(({ valid }) => !valid)
    .map(({ summary }) => summary)
    .join('; ')
}
