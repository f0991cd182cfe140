import { type CustomerId, customerIdBase, subTableCount, subTableOfCustomer } from '../model/sub-tables.js'
import type { CustomerColumns } from './customer-columns.js'

/** Rows `first` to `first + count - 1` of the population. */
export interface RowRange {
  readonly first: number
  readonly count: number
}

/** What the rows of a table are sorted by, after the legal entity. */
export type KeyOrder = 'customer' | 'mobile' | 'identity' | 'batch'

/**
 * The customers of a range in the order in which a server wants them: by sub-table, then by primary key. A key
 * packs sub-table, entity and the rest of the primary key into one exact integer, so that sorting needs no comparator.
 */
export interface ChunkKeys {
  readonly order: KeyOrder
  /** The rows that these keys stand for. */
  readonly range: RowRange
  readonly keys: Float64Array
  /** Where each sub-table starts in `keys`; one more entry for the end. */
  readonly starts: Uint32Array
}

const idSpan = 2 ** 30
const entitySpan = 128

export function customerKeys(columns: CustomerColumns, range: RowRange): ChunkKeys {
  const { first, count } = range
  const keys = new Float64Array(count)
  const sizes = new Uint32Array(subTableCount)
  for (let index = 0; index < count; index++) {
    const id = columns.idOf(first + index)
    const subTable = subTableOfCustomer(id)
    keys[index] = (subTable * entitySpan + columns.entityOf(first + index)) * idSpan + (id - customerIdBase)
    sizes[subTable] = (sizes[subTable] as number) + 1
  }
  keys.sort()
  return { order: 'customer', range, keys, starts: startsOf(sizes) }
}

function startsOf(sizes: Uint32Array): Uint32Array {
  const starts = new Uint32Array(sizes.length + 1)
  sizes.forEach((size, subTable) => {
    starts[subTable + 1] = (starts[subTable] as number) + size
  })
  return starts
}

export function customerIdOfKey(key: number): CustomerId {
  return (customerIdBase + (key % idSpan)) as CustomerId
}

export function entityOfKey(key: number): number {
  return Math.floor(key / idSpan) % entitySpan
}
