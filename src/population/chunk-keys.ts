import { type CustomerId, customerIdBase, subTableCount, subTableOfCustomer } from '../model/sub-tables.js'
import type { CustomerColumns } from './customer-columns.js'

/** Rows `first` to `first + count - 1` of the population. */
export interface RowRange {
  readonly first: number
  readonly count: number
}

/**
 * The customers of a range in the order in which a server wants them: by sub-table, then by primary key. A key
 * packs sub-table, entity and customer number into one exact integer, so that sorting needs no comparator.
 */
export interface ChunkKeys {
  readonly keys: Float64Array
  /** Where each sub-table starts in `keys`; one more entry for the end. */
  readonly starts: Uint32Array
}

const idSpan = 2 ** 30
const entitySpan = 128

export function chunkKeys(columns: CustomerColumns, { first, count }: RowRange): ChunkKeys {
  const keys = new Float64Array(count)
  const sizes = new Uint32Array(subTableCount)
  for (let index = 0; index < count; index++) {
    const id = columns.idOf(first + index)
    const subTable = subTableOfCustomer(id)
    keys[index] = (subTable * entitySpan + columns.entityOf(first + index)) * idSpan + (id - customerIdBase)
    sizes[subTable] = (sizes[subTable] as number) + 1
  }
  keys.sort()
  const starts = new Uint32Array(subTableCount + 1)
  sizes.forEach((size, subTable) => {
    starts[subTable + 1] = (starts[subTable] as number) + size
  })
  return { keys, starts }
}

export function customerIdOfKey(key: number): CustomerId {
  return (customerIdBase + (key % idSpan)) as CustomerId
}

export function entityOfKey(key: number): number {
  return Math.floor(key / idSpan) % entitySpan
}
