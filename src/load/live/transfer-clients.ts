import type { Clock } from '../../kit/clock.js'
import { hash32, seededRandom } from '../../kit/random.js'
import { openSequence } from '../../platform/sequence.js'
import type { PopulationSpec } from '../../population/population.js'
import { AccountSampler, sampledPopulation } from '../account-sampler.js'
import { TransferSession, type TransferWorkload } from './transfer-session.js'

export interface TransferClientsOptions
  extends Pick<TransferWorkload, 'dataSource' | 'recorder' | 'retriesUnknown' | 'repeatOneIn' | 'think'> {
  readonly population: PopulationSpec
  /** Prefix of every idempotency key, unique to the run. */
  readonly keyPrefix: string
  readonly clock: Clock
}

/**
 * Makes clients that transfer money, one by each call, for one run: they share what is known of the population, the numbers
 * given out, and the row of keys.
 */
export function transferClients(options: TransferClientsOptions): () => TransferSession {
  const { population: spec, keyPrefix, clock, ...own } = options
  // Which accounts are used, and the numbers given out, differ from run to run.
  const rng = seededRandom(hash32(`${spec.seed} ${keyPrefix}`))
  const population = sampledPopulation(spec)
  const sequence = openSequence({ clock, rng })
  let keys = 0
  return () =>
    new TransferSession({
      ...own,
      sampler: new AccountSampler(population, rng.uint32()),
      sequence,
      clock,
      nextKey: () => `${keyPrefix}${(keys++).toString(36)}`,
    })
}
