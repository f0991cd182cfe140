import { openConnection } from '../../clients/mysql/connection.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { readEndpoints } from '../../cluster/endpoints.js'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { readStatus } from '../../cluster/status.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { PopulationSpec } from '../../population/population.js'
import type { VerifiedNode } from '../../population/verify/compare-node.js'
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

/** A sub-table of millions of rows is one statement. */
const statementLimitMs = 15 * 60_000

/**
 * Compares the population on all serving nodes with the generator, master first. Throws ENV_NOT_RUNNING, NO_MASTER,
 * POPULATION_DIFFERS, DATABASE_UNREACHABLE, CANCELLED.
 */
export async function verifyUsers(
  { place, asked, workers }: VerifyWishes,
  context: Context,
): Promise<Answer> {
  const { serving, others } = await nodesOf(place)
  const endpoints = await readEndpoints(place)
  const nodes: VerifiedNode[] = []
  // Statements that still run after Ctrl+C are not waited for.
  const leave = () => {
    for (const { connection } of nodes) connection.destroy()
  }
  context.signal.addEventListener('abort', leave, { once: true })
  try {
    for (const node of serving)
      nodes.push({ node, connection: await openSession(endpoints, node, context.signal) })
    const [master] = nodes as [VerifiedNode]
    const loaded = await loadedPopulation(master.connection)
    if (loaded === null) throw nothingLoaded(place.env)
    const verdict = await verifyPopulation({ ...loaded, ...asked, nodes, workers }, context)
    return populationVerdictAnswer(verdict, { env: place.env, notCompared: others })
  } finally {
    context.signal.removeEventListener('abort', leave)
    await Promise.all(nodes.map(({ connection }) => connection.close()))
  }
}

/** The master with the others that serve, and those that do not. */
async function nodesOf(
  place: EnvironmentRef,
): Promise<{ readonly serving: readonly string[]; readonly others: readonly string[] }> {
  const { topology, state } = await readStatus(place)
  if (topology === null)
    throw corelabError('ENV_NOT_RUNNING', {
      message: `The core of ${place.env} does not run (${state})`,
      fix: ['corelab up'],
    })
  const { master, nodes } = topology
  if (master === null)
    throw corelabError('NO_MASTER', {
      message: 'There is no master at the moment',
      fix: ['corelab status'],
    })
  const replicas = nodes.filter(({ name }) => name !== master)
  return {
    serving: [master, ...replicas.filter(({ serving }) => serving).map(({ name }) => name)],
    others: replicas.filter(({ serving }) => !serving).map(({ name }) => name),
  }
}

function openSession({ databases, secrets }: Endpoints, node: string, signal: AbortSignal) {
  const { socketPath } = databases.find(({ name }) => name === node) ?? {}
  return openConnection(
    { socketPath, user: databaseAccounts.loader, password: secrets.database.loader },
    { connectTimeoutMs: 5000, statementLimitMs, signal },
  )
}

function nothingLoaded(env: string) {
  return corelabError('USAGE', {
    message: `There is no population in ${env}`,
    fix: ['corelab users load --count 20000'],
  })
}
