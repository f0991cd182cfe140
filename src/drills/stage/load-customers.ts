import { openConnection } from '../../clients/mysql/connection.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { LoadOutcome } from '../../population/load.js'
import { loadPopulation } from '../../population/load.js'
import type { PopulationSpec } from '../../population/population.js'

/** Loads what is missing of the population, through the master. Throws as `loadPopulation`, and NO_MASTER. */
export async function loadCustomers(
  options: { readonly endpoints: Endpoints; readonly population: PopulationSpec; readonly loadDir: string },
  context: Context,
): Promise<LoadOutcome> {
  const master = options.endpoints.databases.find((node) => node.role === 'master')
  if (!master) throw corelabError('NO_MASTER', { message: 'There is no master to load into' })
  const connection = await openConnection(
    {
      socketPath: master.socketPath,
      user: databaseAccounts.loader,
      password: options.endpoints.secrets.database.loader,
    },
    { connectTimeoutMs: 5000, signal: context.signal },
  )
  try {
    return await loadPopulation({ ...options.population, connection, loadDir: options.loadDir }, context)
  } finally {
    await connection.close()
  }
}
