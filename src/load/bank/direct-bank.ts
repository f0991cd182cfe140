import { openRedis } from '../../clients/redis.js'
import { systemClock } from '../../kit/clock.js'
import { seededRandom } from '../../kit/random.js'
import { subsystems } from '../../model/catalogue.js'
import type { SubsystemCode } from '../../model/subsystem.js'
import type { DataSource } from '../../platform/data-source.js'
import { openSequence } from '../../platform/sequence.js'
import { createEngine } from '../../subsystems/engine.js'
import { noHandlers } from '../../subsystems/user-handlers.js'
import { openFixedDataSource } from '../fixed-data-source.js'
import type { Bank, BankRequest } from './bank-door.js'
import type { BankTarget } from './bank-target.js'

/** The same operations of the same subsystems, called in this process: straight on the router, without a service. */
export function openDirectBank(target: BankTarget, seed: number): Bank {
  const redis = openRedis(target.redis)
  const sequence = openSequence({ clock: systemClock, rng: seededRandom(seed) })
  const dataSources = new Map<SubsystemCode, DataSource>()
  const dataSourceOf = (code: SubsystemCode): DataSource => {
    const known = dataSources.get(code) ?? openSubsystemData(target, code)
    dataSources.set(code, known)
    return known
  }
  const engine = createEngine({
    handlers: new Map(subsystems.map(({ code }) => [code, noHandlers])),
    platformOf: (code) => ({ dataSource: dataSourceOf(code), redis, sequence, clock: systemClock }),
  })
  const call = ({ interfaceName, method, argument, le, idempotencyKey }: BankRequest) =>
    engine.call({
      ...{ interfaceName, method, argument },
      context: {
        ...{ le, gsn: sequence.next(), idempotencyKey, readMode: 'any' },
        ...{ institution: null, channel: null, operator: null, businessDate: null, traceParent: null },
      },
    })
  return {
    openDoor: () => ({ call, close: async () => undefined }),
    async close() {
      await Promise.all([...dataSources.values()].map((each) => each.close()))
      await redis.close()
    },
  }
}

/** A data source with the rights of a subsystem. */
export function openSubsystemData(target: BankTarget, code: SubsystemCode): DataSource {
  const name = code.toLowerCase()
  const account = { user: `${name}_app`, password: target.subsystemSecrets[name] ?? '' }
  return openFixedDataSource({ ...target, account })
}
