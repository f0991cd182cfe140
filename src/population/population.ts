import { assert } from '../kit/assert.js'

/**
 * Names a population completely: the same three numbers give the same bytes on every machine. The rows do not
 * depend on `customers`: a larger population contains the smaller one of the same seed and entities.
 */
export interface PopulationSpec {
  /** An integer in [0, 2^32). */
  readonly seed: number
  readonly customers: number
  /** Member institutions, 1 to 81. */
  readonly entities: number
}

/** Grows when the same seed would give other bytes, so that rows of two generators are never mixed. */
export const populationLayout = 1

/** As many customers as there are unassigned mobile numbers to give them. */
export const customersMax = 600_000_000

/** Throws BugError: ranges of user input are checked where it is read. */
export function assertPopulation({ seed, customers, entities }: PopulationSpec): void {
  assert(Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff, `seed out of range: ${seed}`)
  assert(
    Number.isInteger(customers) && customers >= 1 && customers <= customersMax,
    `customers out of range: ${customers}`,
  )
  assert(Number.isInteger(entities) && entities >= 1 && entities <= 81, `entities out of range: ${entities}`)
}
