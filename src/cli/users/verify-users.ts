import { awaitReplicas } from '../../cluster/await-replicas.js'
import { readEndpoints } from '../../cluster/endpoints.js'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { withNodeSessions } from '../../cluster/node-sessions.js'
import { readStatus } from '../../cluster/status.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { stoppable } from '../../kit/stoppable.js'
import type { Topology } from '../../model/topology.js'
import type { PopulationSpec } from '../../population/population.js'
import { loadedPopulation } from '../../population/verify/loaded.js'
import { verifyPopulation } from '../../population/verify/verify-population.js'
import type { Answer } from '../answer.js'
import { populationVerdictAnswer } from '../render/users/verdict.js'

export interface VerifyWishes {
  readonly place: EnvironmentRef
  /** What is not said here is as the environment says that it holds it. */
  readonly asked: Partial<PopulationSpec>
  readonly workers: number
}

/**
 * Compares the population on all serving nodes with the generator, master first. Waits for replicas that still apply what
 * the master has. Throws ENV_NOT_RUNNING, NO_MASTER, POPULATION_DIFFERS, REPLICATION_BROKEN, DATABASE_UNREACHABLE,
 * CANCELLED.
 */
export async function verifyUsers(
  { place, asked, workers }: VerifyWishes,
  context: Context,
): Promise<Answer> {
  const topology = await topologyOf(place)
  const endpoints = await readEndpoints(place)
  const { signal } = context
  const work = () =>
    withNodeSessions({ endpoints, topology, account: 'loader', signal }, async (nodes) => {
      const loaded = await loadedPopulation(present(nodes[0], 'master session').connection)
      if (loaded === null) throw nothingLoaded(place.env)
      await awaitReplicas(nodes, context)
      return verifyPopulation({ ...loaded, ...asked, nodes, workers }, context)
    })
  const others = topology.nodes.filter(({ name, serving }) => !serving && name !== topology.master)
  return populationVerdictAnswer(await stoppable(signal, work), {
    env: place.env,
    notCompared: others.map(({ name }) => name),
  })
}

/** Of a core that runs and has a master. */
async function topologyOf(place: EnvironmentRef): Promise<Topology> {
  const { topology, state } = await readStatus(place)
  if (topology === null)
    throw corelabError('ENV_NOT_RUNNING', {
      message: `The core of ${place.env} does not run (${state})`,
      fix: ['corelab up'],
    })
  if (topology.master === null)
    throw corelabError('NO_MASTER', {
      message: 'There is no master at the moment',
      fix: ['corelab status'],
    })
  return topology
}

function nothingLoaded(env: string) {
  return corelabError('USAGE', {
    message: `There is no population in ${env}`,
    fix: ['corelab users load --count 20000'],
  })
}
