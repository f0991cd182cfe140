import { assert } from '../kit/assert.js'

/** Language of names and addresses. Numbers, dates and amounts are the same in both. */
export const populationLocales = ['zh', 'en'] as const
export type PopulationLocale = (typeof populationLocales)[number]

/**
 * `safe`: identity numbers, phones and cards come from ranges that were never given to anyone. `lookalike`: from
 * ranges in use, so that a row can coincide with a living person by chance.
 */
export const populationIdentities = ['safe', 'lookalike'] as const
export type PopulationIdentity = (typeof populationIdentities)[number]

/**
 * Names a population completely: the same values give the same bytes on every machine. The rows do not depend on
 * `customers`: a larger population contains the smaller one of the same seed, entities, locale and identity.
 */
export interface PopulationSpec {
  /** An integer in [0, 2^32). */
  readonly seed: number
  readonly customers: number
  /** Member institutions, 1 to 81. */
  readonly entities: number
  readonly locale: PopulationLocale
  readonly identity: PopulationIdentity
}

/** What the bytes of a customer's rows depend on. */
export type PopulationSource = Omit<PopulationSpec, 'customers'>

/** Grows when the same seed would give other bytes, so that rows of two generators are never mixed. */
export const populationLayout = 2

/** 536,870,912: fewer than there are unassigned mobile numbers to give them, and a power of two. */
export const customersMax = 2 ** 29

/** Customers whose opening balances are booked by one voucher per entity: rows k x 100,000 to (k + 1) x 100,000 - 1. */
export const batchCustomers = 100_000

export const entitiesMax = 81

/** Throws BugError: ranges of user input are checked where it is read. */
export function assertPopulation({ seed, customers, entities }: PopulationSpec): void {
  assert(Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff, `seed out of range: ${seed}`)
  assert(
    Number.isInteger(customers) && customers >= 1 && customers <= customersMax,
    `customers out of range: ${customers}`,
  )
  assert(
    Number.isInteger(entities) && entities >= 1 && entities <= entitiesMax,
    `entities out of range: ${entities}`,
  )
}
