import { legalEntity, memberEntityCount } from '../model/legal-entity.js'
import { AccountColumns } from './account-columns.js'
import { Addresses } from './addresses.js'
import { type ByteTable, byteTable } from './byte-table.js'
import { DateTexts } from './calendar.js'
import { CustomerColumns } from './customer-columns.js'
import { MobileNumbers } from './mobile-numbers.js'
import { Names } from './names.js'
import { OpeningSums } from './opening-sums.js'
import type { PopulationSource } from './population.js'
import { ResidentIds } from './resident-id.js'
import { TermColumns } from './term-columns.js'

/** What the tables of one population are written from; filling it takes a tenth of a second. */
export interface PopulationParts {
  readonly source: PopulationSource
  readonly customers: CustomerColumns
  readonly accounts: AccountColumns
  readonly terms: TermColumns
  readonly dates: DateTexts
  /** By entity, `E01` and a tab. */
  readonly entityFields: ByteTable
  readonly mobiles: MobileNumbers
  readonly residentIds: ResidentIds
  readonly names: Names
  readonly addresses: Addresses
  readonly openingSums: OpeningSums
}

export function populationParts(source: PopulationSource): PopulationParts {
  const dates = new DateTexts()
  const customers = new CustomerColumns(source)
  const accounts = new AccountColumns(source.seed)
  return {
    source,
    customers,
    accounts,
    terms: new TermColumns(source.seed),
    dates,
    entityFields: byteTable(Array.from({ length: memberEntityCount + 1 }, (_, le) => `${legalEntity(le)}\t`)),
    mobiles: new MobileNumbers(source.identity),
    residentIds: new ResidentIds(dates, source.identity),
    names: new Names(source.locale),
    addresses: new Addresses(source.locale),
    openingSums: new OpeningSums(customers, accounts),
  }
}
