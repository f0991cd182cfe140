import { present } from '../../kit/assert.js'
import { customerTable } from './customer.js'
import type { PopulationTable, PopulationTableName } from './population-table.js'
import { settlementAccountTable } from './settlement-account.js'

/** Every table of the population, in the order in which they are loaded and listed. */
export const populationTables: readonly PopulationTable[] = [customerTable, settlementAccountTable]

export function isPopulationTableName(name: string): name is PopulationTableName {
  return populationTables.some((table) => table.name === name)
}

export function populationTable(name: PopulationTableName): PopulationTable {
  return present(
    populationTables.find((table) => table.name === name),
    `population table ${name}`,
  )
}
