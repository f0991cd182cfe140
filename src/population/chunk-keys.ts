import { type CustomerId, customerIdBase, subTableCount, subTableOfCustomer } from '../model/sub-tables.js'
import { batchCustomers } from './population.js'
import type { PopulationParts } from './population-parts.js'

/** Rows `first` to `first + count - 1` of the population. */
export interface RowRange {
  readonly first: number
  readonly count: number
}

/** What the rows of a table are sorted by, after the legal entity. */
export type KeyOrder = 'customer' | 'mobile' | 'identity' | 'batch'

/**
 * The rows of a range in the order in which a server wants them: by sub-table, then by primary key. A key packs
 * sub-table, entity and the rest of the primary key into one exact integer, so that sorting needs no comparator; the
 * row comes back from it by inverting a permutation.
 */
export interface ChunkKeys {
  readonly order: KeyOrder
  /** The rows that these keys stand for. */
  readonly range: RowRange
  readonly keys: Float64Array
  /** Where each sub-table starts in `keys`; one more entry for the end. */
  readonly starts: Uint32Array
}

/** Identity numbers have 33 bits; customer numbers, mobile slots and batches fit as well. */
const span = 2 ** 33
const entitySpan = 128

/**
 * The keys of a range. Of order `batch` there is one for each entity and each batch that the range touches.
 */
export function chunkKeys(parts: PopulationParts, range: RowRange, order: KeyOrder): ChunkKeys {
  if (order === 'batch') return batchKeys(range, parts.source.entities)
  const keys = new Float64Array(range.count)
  const sizes = new Uint32Array(subTableCount)
  if (order === 'customer') fillCustomerKeys(parts, range.first, keys, sizes)
  else if (order === 'mobile') fillMobileKeys(parts, range.first, keys, sizes)
  else fillIdentityKeys(parts, range.first, keys, sizes)
  keys.sort()
  return { order, range, keys, starts: startsOf(sizes) }
}

function fillCustomerKeys(
  { customers }: PopulationParts,
  first: number,
  keys: Float64Array,
  sizes: Uint32Array,
): void {
  for (let index = 0; index < keys.length; index++) {
    const id = customers.idOf(first + index)
    const subTable = subTableOfCustomer(id)
    keys[index] = (subTable * entitySpan + customers.entityOf(first + index)) * span + (id - customerIdBase)
    sizes[subTable] = (sizes[subTable] as number) + 1
  }
}

function fillMobileKeys(
  { customers, mobiles }: PopulationParts,
  first: number,
  keys: Float64Array,
  sizes: Uint32Array,
): void {
  for (let index = 0; index < keys.length; index++) {
    const slot = customers.mobileSlotOf(first + index)
    const subTable = mobiles.subTableOf(slot)
    keys[index] = (subTable * entitySpan + customers.entityOf(first + index)) * span + slot
    sizes[subTable] = (sizes[subTable] as number) + 1
  }
}

function fillIdentityKeys(
  { customers, residentIds }: PopulationParts,
  first: number,
  keys: Float64Array,
  sizes: Uint32Array,
): void {
  for (let index = 0; index < keys.length; index++) {
    const slot = customers.birthSlotOf(first + index)
    const cell = customers.birthCellOf(slot)
    const rank = customers.birthRankOf(cell, slot)
    const subTable = residentIds.subTableOf(cell, rank)
    const entity = customers.entityOf(first + index)
    keys[index] = (subTable * entitySpan + entity) * span + residentIds.orderOf(cell, rank)
    sizes[subTable] = (sizes[subTable] as number) + 1
  }
}

function batchKeys(range: RowRange, entities: number): ChunkKeys {
  const firstBatch = Math.floor(range.first / batchCustomers)
  const batches =
    range.count === 0 ? 0 : Math.floor((range.first + range.count - 1) / batchCustomers) - firstBatch + 1
  const keys = Float64Array.from({ length: entities * batches }, (_, index) => {
    return (1 + Math.floor(index / batches)) * span + firstBatch + (index % batches)
  })
  return { order: 'batch', range, keys, starts: Uint32Array.of(0, keys.length) }
}

function startsOf(sizes: Uint32Array): Uint32Array {
  const starts = new Uint32Array(sizes.length + 1)
  sizes.forEach((size, subTable) => {
    starts[subTable + 1] = (starts[subTable] as number) + size
  })
  return starts
}

/** The row of a key of any order; of order `batch`, the batch. */
export function rowOfKey({ customers, residentIds }: PopulationParts, order: KeyOrder, key: number): number {
  const value = key % span
  if (order === 'customer') return customers.rowOf((customerIdBase + value) as CustomerId)
  if (order === 'mobile') return customers.rowOfMobileSlot(value)
  if (order === 'batch') return value
  const cell = residentIds.cellOfOrder(value)
  return customers.rowOfBirthSlot(customers.birthSlotIn(cell, residentIds.rankOfOrder(value)))
}

/** Only of keys of order `customer`. */
export function customerIdOfKey(key: number): CustomerId {
  return (customerIdBase + (key % span)) as CustomerId
}

export function entityOfKey(key: number): number {
  return Math.floor(key / span) % entitySpan
}
