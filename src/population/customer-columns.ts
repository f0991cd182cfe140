import { type CustomerId, customerIdBase, openedCustomerIdBase } from '../model/sub-tables.js'
import { BirthSlots, birthSlotCount } from './births.js'
import { dayNumber, today } from './calendar.js'
import { counties, entityHomes } from './entities.js'
import { Permutation } from './feistel.js'
import { Field } from './field.js'
import { customersMax, type PopulationSource } from './population.js'
import { weightedTable } from './weighted-table.js'

/** Customer numbers are dealt from all that are reserved for the population, whatever its size. */
const customerIdCount = openedCustomerIdBase - customerIdBase

/** The first day on which an account can have been opened: the bank's systems begin here. */
const firstOpening = dayNumber(2000, 1, 1)

/** Youngest age at which somebody becomes a customer, in days. */
const ageMinDays = 5844

/** Of 65,536 customers this many live in the county of their institution: 88 %. */
const homeBelow = 57_672

/**
 * The columns of a customer that other tables need too. Everything is a function of the row alone; one draw of 32
 * bits often serves several columns, in bits of their own.
 */
export class CustomerColumns {
  readonly #id: Permutation
  readonly #birthSlot: Permutation
  readonly #mobile: Permutation
  readonly #births = new BirthSlots()
  readonly #place: Field
  readonly #past: Field
  readonly #entityByWeight: Uint16Array
  readonly #countyByWeight = weightedTable(
    counties.map(({ weight }) => weight),
    12,
  )

  constructor({ seed, entities }: Pick<PopulationSource, 'seed' | 'entities'>) {
    this.#id = new Permutation(customerIdCount, { seed, name: 'customer_id' })
    this.#birthSlot = new Permutation(birthSlotCount, { seed, name: 'birth_slot' })
    this.#mobile = new Permutation(customersMax, { seed, name: 'mobile' })
    this.#place = new Field(seed, 'customer', 'place')
    this.#past = new Field(seed, 'customer', 'past')
    this.#entityByWeight = weightedTable(
      entityHomes.slice(0, entities).map(({ weight }) => weight),
      14,
    )
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
    return 1 + (this.#entityByWeight[this.#place.uint32(row) >>> 18] as number)
  }

  /** A number in [0, 2^29) that no other row has; see {@link MobileNumbers}. */
  mobileSlotOf(row: number): number {
    return this.#mobile.apply(row)
  }

  rowOfMobileSlot(slot: number): number {
    return this.#mobile.invert(slot)
  }

  birthSlotOf(row: number): number {
    return this.#birthSlot.apply(row)
  }

  rowOfBirthSlot(slot: number): number {
    return this.#birthSlot.invert(slot)
  }

  /** Birth day and sex in one: day x 2 + sex. */
  birthCellOf(slot: number): number {
    return this.#births.cellOf(slot)
  }

  birthRankOf(cell: number, slot: number): number {
    return this.#births.rankIn(cell, slot)
  }

  /** The slot of the `rank`-th person born in a cell. */
  birthSlotIn(cell: number, rank: number): number {
    return this.#births.firstOf(cell) + rank
  }

  /** Index of the county of residence. */
  countyOf(row: number, entity: number): number {
    const draw = this.#place.uint32(row) & 0xffff
    if (draw < homeBelow) return homes[entity - 1] as number
    return this.#countyByWeight[((draw - homeBelow) * awayStretch) | 0] as number
  }

  /** 32 bits about a customer's past: day of opening, and 12 bits more in {@link generationDrawOf}. */
  pastOf(row: number): number {
    return this.#past.uint32(row)
  }

  /** Day number: after the 16th birthday and after the bank's systems began. */
  openedOnOf(past: number, birthDay: number): number {
    const adult = birthDay + ageMinDays
    const earliest = Math.max(adult, firstOpening)
    const days = today - earliest
    return days <= 0 ? today - 1 : earliest + ((((past >>> 12) * days) / 0x10_0000) | 0)
  }

  /** Twelve bits that {@link openedOnOf} does not use. */
  generationDrawOf(past: number): number {
    return past & 0xfff
  }
}

/** Those who live elsewhere: their draws, stretched over the table of counties. */
const awayStretch = 4096 / (65_536 - homeBelow)

const homes = Uint16Array.from(entityHomes, ({ county }) => county)
