import type { Endpoints } from '../../cluster/endpoints.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import type { Topology } from '../../model/topology.js'

/** What a thread needs to reach the bank; plain data, with passwords. */
export interface BankTarget {
  readonly url: string
  readonly engine: DatabaseEngine
  readonly topology: Topology
  readonly redis: Endpoints['redis']
  /** By subsystem code in lower case. */
  readonly subsystemSecrets: Readonly<Record<string, string>>
  /** Connections per node and account, of this thread. */
  readonly poolSize: number
}

export function bankTargetOf(
  environment: { readonly endpoints: Endpoints; readonly topology: Topology },
  poolSize: number,
): BankTarget {
  const { endpoints, topology } = environment
  return {
    url: endpoints.subsystems.url,
    engine: endpoints.engine,
    topology,
    redis: endpoints.redis,
    subsystemSecrets: endpoints.secrets.database.subsystems,
    poolSize,
  }
}
