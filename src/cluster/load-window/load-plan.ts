import type { PopulationSpec } from '../../population/population.js'
import type { LoadEstimate, LoadWay } from './estimate.js'

/** What `corelab users load` would do now. */
export interface LoadPlan {
  readonly way: LoadWay
  readonly why: string
  readonly spec: PopulationSpec
  /** Customers that are there already. */
  readonly held: number
  readonly estimate: LoadEstimate
  /** Sub-tables, or chunks, that are loaded at the same time. */
  readonly streams: number
}

/** An empty core is filled offline; one that has customers goes on serving, and what is missing comes by replication. */
export function wayOf(facts: {
  readonly held: number
  readonly wanted: number
  readonly append: boolean
}): Pick<LoadPlan, 'way' | 'why'> {
  if (facts.held === facts.wanted) return { way: 'none', why: 'all of it is there already' }
  if (facts.held > 0)
    return { way: 'replicated', why: 'a part of it is there already: the core goes on serving' }
  if (facts.append) return { way: 'replicated', why: 'asked for with --append: the core goes on serving' }
  return {
    way: 'offline',
    why: 'there is no population yet: the core stands still while one node is filled and copied',
  }
}
