import type { RedisClient } from '../clients/redis.js'
import type { Clock } from '../kit/clock.js'
import { isNewer, type Topology } from '../model/topology.js'
import { followKeeper } from './keeper-watch.js'
import { followTopologyChannel } from './topology-channel.js'
import { TopologyFile } from './topology-file.js'
import type { ConfirmedTopology, TopologyListener } from './topology-news.js'

/** Where topologies come from. They may come twice, late and out of order: the router keeps the newest. */
export interface TopologySource {
  /** Tells every topology it learns of until `signal` aborts. Never throws. */
  follow(listener: TopologyListener, signal: AbortSignal): void
  /**
   * Asks for the newest one now, within a limit. Rejects when nobody can tell. A source that cannot ask at all leaves
   * it out; then nothing is known of how old its news is.
   */
  look?(): Promise<ConfirmedTopology>
}

export interface EnvironmentTopologyOptions {
  /** The keeper's durable truth. */
  readonly topologyFile: string
  /** A way to hear of it sooner; null = none. */
  readonly redis: RedisClient | null
  /** The same, from the keeper itself, which must run on this host; null or absent = none. */
  readonly keeperSocket?: string | null | undefined
  readonly clock: Clock
}

/**
 * Pull for truth: the keeper's file, looked at five times a second. Push for speed, by Redis and by the keeper's own
 * socket: whichever is first. Each of the three is enough.
 */
export function topologyOfEnvironment(options: EnvironmentTopologyOptions): TopologySource {
  const { redis, keeperSocket, clock } = options
  const file = new TopologyFile(options.topologyFile, clock)
  return {
    follow(listener, signal) {
      void file.follow(listener, signal)
      if (redis) void followTopologyChannel({ redis, clock }, listener, signal)
      if (keeperSocket) void followKeeper({ keeperSocket, clock }, listener, signal)
    },
    look: () => file.look(),
  }
}

/** One source for many followers: it is looked at once, and a late follower is told the newest at once. */
export function sharedTopology(source: TopologySource, until: AbortSignal): TopologySource {
  let newest: Topology | null = null
  let newestConfirmedAtMs: number | undefined
  const followers = new Set<TopologyListener>()
  source.follow((topology, confirmedAtMs) => {
    if (newest !== null && isNewer(newest, topology)) return
    newest = topology
    newestConfirmedAtMs = confirmedAtMs ?? newestConfirmedAtMs
    for (const listener of followers) listener(topology, confirmedAtMs)
  }, until)
  return {
    follow(listener, signal) {
      followers.add(listener)
      signal.addEventListener('abort', () => followers.delete(listener), { once: true })
      if (newest) listener(newest, newestConfirmedAtMs)
    },
    ...(source.look ? { look: source.look.bind(source) } : {}),
  }
}
