import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'
import type { PopulationTable } from '../../population/tables/population-table.js'
import { populationTables } from '../../population/tables/population-tables.js'

/** Throws USAGE with the nearest name. */
export function tableOf(name: string): PopulationTable {
  const table = populationTables.find((each) => each.name === name)
  if (table) return table
  const names = populationTables.map((each) => each.name)
  const near = nearest(name, names)
  throw corelabError('USAGE', {
    message: `There is no table "${name}" in the population`,
    detail: `Tables: ${names.join(', ')}`,
    fix: near === null ? [] : [`--table ${near}`],
  })
}
