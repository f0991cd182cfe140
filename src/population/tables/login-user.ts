import type { CustomerId } from '../../model/sub-tables.js'
import { byteTable } from '../byte-table.js'
import { today } from '../calendar.js'
import { Field } from '../field.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/**
 * Users of the app: seven of ten customers, most of the young and few of the old. They log in by mobile number, which
 * CIF has; here is what only IAM knows. There are no passwords, because nobody can log in as a generated person.
 */
export const loginUserTable: PopulationTable = {
  name: 'iam.login_user',
  fields: ['le_code', 'customer_id', 'status', 'registered_on', 'last_login_on', 'row_version'],
  key: ['le_code', 'customer_id'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: 64,
}

/** Active, or locked: one of 128. */
const statuses = byteTable(['\tA\t', '\tL\t'])
const endings = byteTable(['0\n'])

/** Of 256 customers up to an age, how many use the app. */
const usersByAge = ageTable([
  [26, 235],
  [36, 232],
  [46, 218],
  [56, 190],
  [66, 140],
  [76, 80],
  [101, 30],
])

export class LoginUserRows implements TableRows {
  readonly amount = 0
  readonly #use: Field

  constructor(private readonly parts: PopulationParts) {
    this.#use = new Field(parts.source.seed, 'login_user', 'use')
  }

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, dates, entityFields } = this.parts
    const cell = customers.birthCellOf(customers.birthSlotOf(row))
    const age = ((today - (cell >>> 1)) / 365.25) | 0
    const draw = this.#use.uint32(row)
    if ((draw & 0xff) >= (usersByAge[age] as number)) return 0
    const since = customers.openedOnOf(customers.pastOf(row), cell >>> 1)
    const registered = since + ((((draw >>> 8) & 0xfff) * (today - since)) >>> 12)
    // Squared: most were there in the last weeks.
    const idle = (draw >>> 20) / 4096
    const lastLogin = today - 1 - ((idle * idle * (today - registered)) | 0)
    writer.shortEntry(entityFields, entity)
    writer.ten(id)
    writer.entry(statuses, draw >>> 25 === 0 ? 1 : 0)
    dates.writeIso(writer, registered)
    dates.writeIso(writer, Math.max(lastLogin, registered))
    writer.entry(endings, 0)
    return 1
  }
}

function ageTable(bands: readonly (readonly [toAge: number, users: number])[]): Uint8Array {
  return Uint8Array.from({ length: 101 }, (_, age) => bands.find(([toAge]) => age < toAge)?.[1] ?? 0)
}
