import type { MysqlTarget } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import { mix32 } from '../../kit/random.js'
import type { PopulationSpec } from '../../population/population.js'
import { AccountSampler, sampledPopulation } from '../account-sampler.js'
import type { DriverName } from '../bench/run-wishes.js'
import { type KeyAccess, keyChooser } from '../engine/key-chooser.js'
import type { WorkloadFactory } from '../engine/workload.js'
import { driverNamed } from './driver-named.js'
import { PointReadSession, pointReadStatements } from './point-read.js'

export interface AccountReadParams {
  readonly driver: DriverName
  /** Connections take turns. */
  readonly targets: readonly MysqlTarget[]
  readonly population: PopulationSpec
  /** Which customers are wanted how often. */
  readonly access: KeyAccess
}

/** Reads balances of accounts of the population by primary key. */
export const accountReadWorkload: WorkloadFactory = async ({ params }, thread) => {
  const { driver, targets, population, access } = params as AccountReadParams
  const shared = sampledPopulation(population)
  const chosen = await driverNamed(driver)
  return {
    classes: ['read'],
    openSession: async (index) => {
      const target = present(targets[index % targets.length], 'read target')
      const chooser = (random: Parameters<typeof keyChooser>[2]) => keyChooser(access, shared.count, random)
      const sampler = new AccountSampler(shared, mix32(thread.seed ^ index), chooser)
      return new PointReadSession(await chosen.open(target, pointReadStatements), sampler)
    },
    close: async () => ({}),
  }
}
