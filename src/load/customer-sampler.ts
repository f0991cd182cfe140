import { type Random, seededRandom } from '../kit/random.js'
import { type LegalEntity, legalEntity } from '../model/legal-entity.js'
import { type AccountNo, accountNoOf, type CustomerId } from '../model/sub-tables.js'
import { MobileNumbers } from '../population/mobile-numbers.js'
import type { PopulationSpec } from '../population/population.js'
import { checkCharacterOf } from '../population/resident-id.js'
import { TsvWriter } from '../population/tsv-writer.js'
import { type SampledPopulation, sampledPopulation } from './account-sampler.js'

export interface SampledCustomer {
  readonly le: LegalEntity
  readonly customerId: CustomerId
  readonly mobile: string
  readonly firstAccount: AccountNo
}

/** What opening a customer takes. Nobody has this identity number: not the population, and no living person. */
export interface NewPerson {
  readonly le: LegalEntity
  readonly name: string
  readonly identityNo: string
  readonly mobile: string
  readonly address: string
}

/** Of one thread: tables of the population that all its sampled customers share. */
export interface CustomerSource {
  readonly population: SampledPopulation
  readonly mobiles: MobileNumbers
  readonly entities: number
}

export function customerSource(spec: PopulationSpec): CustomerSource {
  return {
    population: sampledPopulation(spec),
    mobiles: new MobileNumbers(spec.identity),
    entities: spec.entities,
  }
}

/** Draws customers of the population, without asking any database, and people who are not customers yet. */
export class CustomerSampler {
  readonly random: Random
  readonly #writer = new TsvWriter(64)

  constructor(
    private readonly source: CustomerSource,
    seed: number,
  ) {
    this.random = seededRandom(seed)
  }

  customer(): SampledCustomer {
    const { customers, count } = this.source.population
    const row = this.random.below(count)
    const customerId = customers.idOf(row)
    return {
      le: legalEntity(customers.entityOf(row)),
      customerId,
      mobile: this.#mobileOf(row),
      firstAccount: accountNoOf(customerId, 0),
    }
  }

  newPerson(): NewPerson {
    const { random } = this
    const digits = (limit: number, length: number) => random.below(limit).toString().padStart(length, '0')
    const year = 1950 + random.below(55)
    const month = (1 + random.below(12)).toString().padStart(2, '0')
    const day = (1 + random.below(28)).toString().padStart(2, '0')
    // Address codes that no place has, beside the ones that the population uses.
    const identity = `33999${random.below(10)}${year}${month}${day}${digits(1000, 3)}`
    const address = this.newAddress()
    const mobile = `142${digits(100_000_000, 8)}`
    const le = legalEntity(1 + random.below(this.source.entities))
    return { le, name: 'Bench Customer', identityNo: identity + checkCharacterOf(identity), mobile, address }
  }

  newAddress(): string {
    return `Room ${1 + this.random.below(9999)}, ${1 + this.random.below(400)} Bench Road, Hangzhou, Zhejiang`
  }

  #mobileOf(row: number): string {
    const { population, mobiles } = this.source
    this.#writer.clear()
    mobiles.write(this.#writer, population.customers.mobileSlotOf(row))
    return this.#writer.written().toString('latin1')
  }
}
