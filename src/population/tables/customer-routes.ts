import type { CustomerId } from '../../model/sub-tables.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/** From a mobile number to its customer; of the population, nobody else has the number. */
export const mobileRouteTable: PopulationTable = {
  name: 'cif.route_mobile',
  fields: ['le_code', 'mobile', 'customer_id'],
  key: ['le_code', 'mobile', 'customer_id'],
  order: 'mobile',
  subTables: 16,
  rowBytesMax: 40,
}

/** From a resident identity number to its customer. */
export const identityRouteTable: PopulationTable = {
  name: 'cif.route_identity',
  fields: ['le_code', 'identity_no', 'customer_id'],
  key: ['le_code', 'identity_no'],
  order: 'identity',
  subTables: 16,
  rowBytesMax: 48,
}

const newline = 0x0a

export class MobileRouteRows implements TableRows {
  readonly amount = 0

  constructor(private readonly parts: PopulationParts) {}

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, entityFields, mobiles } = this.parts
    writer.shortEntry(entityFields, entity)
    mobiles.write(writer, customers.mobileSlotOf(row))
    writer.tab()
    writer.ten(id)
    writer.byte(newline)
    return 1
  }
}

export class IdentityRouteRows implements TableRows {
  readonly amount = 0

  constructor(private readonly parts: PopulationParts) {}

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, entityFields, residentIds } = this.parts
    const slot = customers.birthSlotOf(row)
    const cell = customers.birthCellOf(slot)
    writer.shortEntry(entityFields, entity)
    residentIds.write(writer, cell, customers.birthRankOf(cell, slot))
    writer.ten(id)
    writer.byte(newline)
    return 1
  }
}
