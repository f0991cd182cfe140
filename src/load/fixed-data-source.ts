import { dialectOf } from '../clients/dialects/dialect-of.js'
import { systemClock } from '../kit/clock.js'
import type { DatabaseEngine } from '../model/database-engine.js'
import type { Topology } from '../model/topology.js'
import { type DataSource, openDataSource } from '../platform/data-source.js'

/** What a thread needs to open a router; plain data, with a password. */
export interface DataSourceTarget {
  readonly engine: DatabaseEngine
  readonly topology: Topology
  readonly account: { readonly user: string; readonly password: string }
  /** Connections per node. */
  readonly poolSize: number
}

/**
 * A router that stays with one topology: a run measures one core in one state, and a change of master during it is an
 * error that counts.
 */
export function openFixedDataSource({ engine, topology, account, poolSize }: DataSourceTarget): DataSource {
  return openDataSource({
    topologySource: { follow: (listener) => listener(topology, systemClock.monotonicMs()) },
    account,
    poolSize,
    clock: systemClock,
    dialect: dialectOf(engine),
  })
}
