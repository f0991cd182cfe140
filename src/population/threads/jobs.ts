import type { FileFormat } from '../files/file-format.js'
import type { PopulationTable } from '../tables/population-table.js'
import type { PartJob } from './part-maker.js'

/**
 * Fixed, whatever the number of threads and of customers: the order of the rows in a file follows from it. A tenth of a
 * second of work at most.
 */
const customersPerPart = 10_000
/** Vouchers are made for so many customers at a time. */
const customersPerBatch = 100_000

export function lineJobs(table: PopulationTable, format: FileFormat, customers: number): PartJob[] {
  const size = table.order === 'batch' ? customersPerBatch : customersPerPart
  return ranges(customers, size).map((range) => ({ ...range, kind: 'lines', table: table.name, format }))
}

export function digestJobs(customers: number): PartJob[] {
  return ranges(customers, customersPerBatch).map((range) => ({ ...range, kind: 'digests' }))
}

function ranges(customers: number, size: number) {
  return Array.from({ length: Math.ceil(customers / size) }, (_, index) => ({
    first: index * size,
    count: Math.min(size, customers - index * size),
  }))
}
