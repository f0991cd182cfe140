import { type Random, seededRandom } from '../kit/random.js'
import { type LegalEntity, legalEntity } from '../model/legal-entity.js'
import { type AccountNo, accountNoOf } from '../model/sub-tables.js'
import { AccountColumns } from '../population/account-columns.js'
import { CustomerColumns } from '../population/customer-columns.js'
import type { PopulationSpec } from '../population/population.js'

export interface SampledAccount {
  readonly le: LegalEntity
  readonly accountNo: AccountNo
}

/** Two different accounts of one legal entity; the payer was loaded with at least the wanted balance. */
export interface SampledPair {
  readonly le: LegalEntity
  readonly payer: AccountNo
  readonly payee: AccountNo
}

/** What a sampler needs of a population; expensive enough (tables) to be shared by all samplers of a run. */
export interface SampledPopulation {
  readonly customers: CustomerColumns
  readonly accounts: AccountColumns
  readonly count: number
}

export function sampledPopulation(spec: PopulationSpec): SampledPopulation {
  return {
    customers: new CustomerColumns(spec),
    accounts: new AccountColumns(spec.seed),
    count: spec.customers,
  }
}

/** An entity with a single customer has no pair; then another payer is drawn. */
const payeeTriesMax = 20_000
const payerTriesMax = 1000

/**
 * Draws accounts that are in the population, without asking any database: the generator knows them. Customers are
 * drawn uniformly unless the caller says how.
 */
export class AccountSampler {
  readonly #random

  readonly #row: () => number

  /** `rowChooser` draws customers otherwise than uniformly, from the same stream. */
  constructor(
    private readonly population: SampledPopulation,
    seed: number,
    rowChooser?: (random: Random) => () => number,
  ) {
    const random = seededRandom(seed)
    this.#random = random
    this.#row = rowChooser?.(random) ?? (() => random.below(population.count))
  }

  account(): SampledAccount {
    const row = this.#row()
    const ordinal = this.#random.below(this.population.accounts.countOf(row))
    return {
      le: legalEntity(this.population.customers.entityOf(row)),
      accountNo: this.#accountNo(row, ordinal),
    }
  }

  /**
   * null when the population is so small that no two customers of one entity were found. First accounts are used:
   * they are the ones without a low limit.
   */
  pair({ balanceMin }: { readonly balanceMin: number }): SampledPair | null {
    for (let tries = 0; tries < payerTriesMax; tries++) {
      const row = this.#row()
      if (this.#openingBalance(row) < balanceMin) continue
      const entity = this.population.customers.entityOf(row)
      const payee = this.#otherOf(entity, row)
      if (payee === null) continue
      return { le: legalEntity(entity), payer: this.#accountNo(row, 0), payee: this.#accountNo(payee, 0) }
    }
    return null
  }

  /** An integer in [0, limit), from the same stream. */
  below(limit: number): number {
    return this.#random.below(limit)
  }

  #otherOf(entity: number, row: number): number | null {
    const tries = Math.min(payeeTriesMax, this.population.count * 20)
    for (let each = 0; each < tries; each++) {
      const other = this.#row()
      if (other !== row && this.population.customers.entityOf(other) === entity) return other
    }
    return null
  }

  #openingBalance(row: number): number {
    const { accounts } = this.population
    return accounts.openingBalanceOf(row, 0, accounts.classOf(row, 0))
  }

  #accountNo(row: number, ordinal: number): AccountNo {
    return accountNoOf(this.population.customers.idOf(row), ordinal)
  }
}
