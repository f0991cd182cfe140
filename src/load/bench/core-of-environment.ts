import { openConnection } from '../../clients/mysql/connection.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { readEndpoints } from '../../cluster/endpoints.js'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { pathsOf, readLiveProcesses, readPlan } from '../../cluster/environment-store.js'
import { readStatus } from '../../cluster/status.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { isNode } from '../../model/node.js'
import type { ProcessId } from '../../model/process-record.js'
import { replicasOf, type Topology } from '../../model/topology.js'
import type { PopulationSpec } from '../../population/population.js'
import { loadedPopulation } from '../../population/verify/loaded.js'
import { sessionOf } from '../../sys/leftovers.js'
import { type BenchCore, type BenchNode, type BenchProcess, targetOf } from './bench-core.js'

/**
 * A running environment as scenarios see it. Throws ENV_NOT_RUNNING, NO_MASTER, POPULATION_DIFFERS, and what connecting to
 * the master throws.
 */
export async function coreOfEnvironment(ref: EnvironmentRef, { signal }: Context): Promise<BenchCore> {
  const topology = await topologyOf(ref)
  const plan = await readPlan(ref)
  const endpoints = await readEndpoints(ref)
  const databases = nodesOf(topology, endpoints)
  return {
    name: `environment ${ref.env}`,
    profile: plan.profile.name,
    engine: plan.engine,
    versions: { ...plan.versions },
    databases,
    benchSchema: 'bench',
    population: await populationOn(databases[0], signal),
    processes: await processesOf(ref, topology),
    environment: {
      projectDir: ref.project.dir,
      env: ref.env,
      endpoints,
      topology,
      topologyFile: pathsOf(ref).topologyFile,
      socketDir: plan.socketDir,
    },
    writesMax: null,
  }
}

async function topologyOf(ref: EnvironmentRef): Promise<Topology> {
  const { topology, state } = await readStatus(ref)
  if (topology === null)
    throw corelabError('ENV_NOT_RUNNING', {
      message: `The core of ${ref.env} does not run (${state})`,
      fix: ['corelab up'],
    })
  if (topology.master === null)
    throw corelabError('NO_MASTER', { message: 'There is no master at the moment', fix: ['corelab status'] })
  return topology
}

function nodesOf(topology: Topology, { databases, secrets }: Endpoints): readonly BenchNode[] {
  const master = topology.nodes.filter((node) => node.name === topology.master)
  const account = { user: databaseAccounts.workload, password: secrets.database.workload }
  return [...master, ...replicasOf(topology)].flatMap(({ name, role }) => {
    const address = databases.find((each) => each.name === name)
    if (!address) return []
    const { host, port, socketPath } = address
    return [{ name, role, host, port, socketPath, ...account }]
  })
}

async function populationOn(
  master: BenchNode | undefined,
  signal: AbortSignal,
): Promise<PopulationSpec | null> {
  if (!master) return null
  const target = targetOf(master, 'unix-socket')
  const connection = await openConnection(target, { connectTimeoutMs: 5000, signal })
  try {
    return await loadedPopulation(connection)
  } finally {
    await connection.close()
  }
}

/** A component may be several processes, as RabbitMQ is with its helpers. */
async function processesOf(ref: EnvironmentRef, topology: Topology): Promise<readonly BenchProcess[]> {
  const { keeper, components } = await readLiveProcesses(ref)
  const roleOf = (name: string) => topology.nodes.find((node) => node.name === name)?.role ?? null
  const inOrder = Object.entries(components).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const own = inOrder.flatMap(([name, record]) =>
    pidsOf(record).map((pid) => ({ name, role: roleOf(name), pid })),
  )
  return [...own, ...(keeper ? [{ name: 'keeper', role: null, pid: keeper.pid }] : [])]
}

/** Database nodes first; a record of a process that was started anew stands last in its file. */
function rank(name: string): number {
  return isNode(name) ? 0 : 1
}

function pidsOf(record: ProcessId & { readonly companion: ProcessId | null }): readonly number[] {
  const found = [record, ...(record.companion ? [record.companion] : [])].flatMap((leader) => [
    leader.pid,
    ...sessionOf(leader).map(({ pid }) => pid),
  ])
  return [...new Set(found)]
}
