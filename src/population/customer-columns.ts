import { type CustomerId, customerIdBase, openedCustomerIdBase } from '../model/sub-tables.js'
import { BirthSlots, birthSlotCount } from './births.js'
import { dayNumber, today } from './calendar.js'
import { counties, entityHomes } from './entities.js'
import { Permutation } from './feistel.js'
import { Field } from './field.js'
import { customersMax, type PopulationSpec } from './population.js'
import { weightedTable } from './weighted-table.js'

/** Customer numbers are dealt from all that are reserved for the population, whatever its size. */
const customerIdCount = openedCustomerIdBase - customerIdBase

/** The first day on which an account can have been opened: the bank's systems begin here. */
const firstOpening = dayNumber(2000, 1, 1)

/** Youngest age at which somebody becomes a customer, in days. */
const ageMinDays = 16 * 365.25

/** Of 100 customers this many live in the county of their institution. */
const homeShare = 0.88

/** The columns of a customer that other tables need too. Everything is a function of the row alone. */
export class CustomerColumns {
  readonly #id: Permutation
  readonly #birthSlot: Permutation
  readonly #mobile: Permutation
  readonly #births = new BirthSlots()
  readonly #entity: Field
  readonly #home: Field
  readonly #county: Field
  readonly #openedOn: Field
  readonly #entityByWeight: Uint16Array
  readonly #countyByWeight = weightedTable(counties.map(({ weight }) => weight))

  constructor({ seed, entities }: Pick<PopulationSpec, 'seed' | 'entities'>) {
    this.#id = new Permutation(customerIdCount, { seed, name: 'customer_id' })
    this.#birthSlot = new Permutation(birthSlotCount, { seed, name: 'birth_slot' })
    this.#mobile = new Permutation(customersMax, { seed, name: 'mobile' })
    this.#entity = new Field(seed, 'customer', 'le_code')
    this.#home = new Field(seed, 'customer', 'home')
    this.#county = new Field(seed, 'customer', 'county_code')
    this.#openedOn = new Field(seed, 'customer', 'opened_on')
    this.#entityByWeight = weightedTable(entityHomes.slice(0, entities).map(({ weight }) => weight))
  }

  idOf(row: number): CustomerId {
    return (customerIdBase + this.#id.apply(row)) as CustomerId
  }

  /** The row of a customer number; beyond the population when nobody has that number. */
  rowOf(id: CustomerId): number {
    return this.#id.invert(id - customerIdBase)
  }

  /** Index of the legal entity: 1 to 81. */
  entityOf(row: number): number {
    return 1 + (this.#entityByWeight[this.#entity.uint32(row) >>> 16] as number)
  }

  /** A number in [0, 6 x 10^8) that no other row has. */
  mobileSlotOf(row: number): number {
    return this.#mobile.apply(row)
  }

  birthSlotOf(row: number): number {
    return this.#birthSlot.apply(row)
  }

  /** Birth day and sex in one: day x 2 + sex. */
  birthCellOf(slot: number): number {
    return this.#births.cellOf(slot)
  }

  birthRankOf(cell: number, slot: number): number {
    return this.#births.rankIn(cell, slot)
  }

  /** Index of the county of residence. */
  countyOf(row: number, entity: number): number {
    if (this.#home.uint32(row) < homeShare * 0x1_0000_0000) return homes[entity - 1] as number
    return this.#countyByWeight[this.#county.uint32(row) >>> 16] as number
  }

  /** Day number: after the 16th birthday and after the bank's systems began. */
  openedOnOf(row: number, birthDay: number): number {
    const earliest = Math.max(firstOpening, Math.ceil(birthDay + ageMinDays))
    return Math.min(today - 1, earliest + this.#openedOn.below(row, Math.max(1, today - earliest)))
  }
}

const homes = Uint16Array.from(entityHomes, ({ county }) => county)
