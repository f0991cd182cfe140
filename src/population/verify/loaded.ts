import type { SqlConnection } from '../../clients/mysql/connection.js'
import { corelabError } from '../../kit/errors.js'
import { type PopulationSource, type PopulationSpec, populationLayout } from '../population.js'

/**
 * Which population the ledger of a node says is there; null when there is none. Throws POPULATION_DIFFERS when it was
 * made by another version of the generator.
 */
export async function loadedPopulation(connection: SqlConnection): Promise<PopulationSpec | null> {
  const groups = await connection.query<LedgerGroup>(
    `SELECT seed, entities, locale, identity, layout, SUM(customers) AS customers
       FROM corelab.load_chunk GROUP BY seed, entities, locale, identity, layout`,
  )
  const [held] = groups
  if (!held) return null
  const { seed, entities, locale, identity, layout, customers } = held
  if (groups.length === 1 && layout === populationLayout)
    return { seed, entities, locale, identity, customers: Number(customers) }
  throw corelabError('POPULATION_DIFFERS', {
    message: 'This environment holds rows that this version of corelab cannot make again',
    detail: groups
      .map((group) => `${group.customers} customers of seed ${group.seed}, version ${group.layout}`)
      .join('\n'),
    fix: ['corelab down --volumes && corelab up'],
  })
}

/** SUM comes back as a decimal string. */
interface LedgerGroup extends PopulationSource {
  readonly layout: number
  readonly customers: string
}
