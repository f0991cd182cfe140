import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { isLegalEntity } from '../../model/legal-entity.js'
import { type CustomerId, customerIdBase, openedCustomerIdBase } from '../../model/sub-tables.js'
import { CustomerColumns } from '../../population/customer-columns.js'
import { rowDescriber } from '../../population/describe-row.js'
import { customersMax } from '../../population/population.js'
import type { Answer } from '../answer.js'
import { sampleAnswer } from '../render/users/sample.js'
import type { WantedPopulation } from './population-flags.js'

export interface SampleWishes {
  readonly wanted: WantedPopulation
  /** A customer number; null: none was named. */
  readonly id: number | null
  readonly row: number | null
  /** How many rows, when neither is named. */
  readonly count: number
  /** Only customers of this one, e.g. `E07`; null: of any. */
  readonly entity: string | null
}

/** Recomputes single customers, without a database and without the customers before them. Throws USAGE. */
export function sampleUsers(wishes: SampleWishes): Answer {
  const { wanted, entity } = wishes
  if (entity !== null) checkEntity(entity, wanted.spec.entities)
  const describe = rowDescriber(wanted.spec)
  return sampleAnswer(rowsOf(wishes).map(describe), wanted)
}

function rowsOf({ wanted, id, row, count, entity }: SampleWishes): number[] {
  if (row !== null) return [row]
  const columns = new CustomerColumns(wanted.spec)
  if (id !== null) return [rowOfId(columns, id)]
  const rows: number[] = []
  for (let next = 0; next < wanted.spec.customers && rows.length < count; next++)
    if (entity === null || columns.entityOf(next) === Number(entity.slice(1))) rows.push(next)
  return rows
}

/** `7312345` is short for 1007312345: all of them begin with 1. */
function rowOfId(columns: CustomerColumns, given: number): number {
  const id = given < customerIdBase ? customerIdBase + given : given
  const row = id < openedCustomerIdBase ? columns.rowOf(id as CustomerId) : customersMax
  if (row < customersMax) return row
  throw corelabError('USAGE', {
    message: `No customer of any size of this population has the number ${id}`,
    detail: `Numbers are dealt from ${customerIdBase} to ${openedCustomerIdBase - 1}, to at most ${formatCount(customersMax)} customers; from ${openedCustomerIdBase} on they belong to customers who were opened by calls.`,
    fix: ['corelab users sample --row 0'],
  })
}

function checkEntity(entity: string, entities: number): void {
  if (isLegalEntity(entity) && entity !== 'E00' && Number(entity.slice(1)) <= entities) return
  const last = `E${String(entities).padStart(2, '0')}`
  throw corelabError('USAGE', {
    message: `"${entity}" has no customers in this population`,
    detail: `Member institutions: E01 to ${last}.`,
    fix: ['--entity E01'],
  })
}
