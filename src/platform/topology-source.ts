import { stat } from 'node:fs/promises'
import type { RedisClient } from '../clients/redis.js'
import type { Clock } from '../kit/clock.js'
import { isNewer, type Topology } from '../model/topology.js'
import { readJsonFile } from '../sys/files.js'

/** Where topologies come from. They may come twice, late and out of order: the router keeps the newest. */
export interface TopologySource {
  /** Tells every topology it learns of until `signal` aborts. Never throws. */
  follow(onTopology: (topology: Topology) => void, signal: AbortSignal): void
}

/** The keeper publishes here, after it has written the file. */
export const topologyChannel = 'corelab:topology'

const pollMs = 200
const subscribeAgainMs = 2000

/** Pull for truth: the keeper's durable file, looked at five times a second. Push for speed: Redis, when given. */
export function topologyOfEnvironment(options: {
  readonly topologyFile: string
  readonly redis: RedisClient | null
  readonly clock: Clock
}): TopologySource {
  return {
    follow(onTopology, signal) {
      void pull(options, onTopology, signal)
      if (options.redis) void push({ ...options, redis: options.redis }, onTopology, signal)
    },
  }
}

/** One source for many followers: it is looked at once, and a late follower is told the newest at once. */
export function sharedTopology(source: TopologySource, until: AbortSignal): TopologySource {
  let newest: Topology | null = null
  const followers = new Set<(topology: Topology) => void>()
  source.follow((topology) => {
    if (!isNewer(topology, newest)) return
    newest = topology
    for (const onTopology of followers) onTopology(topology)
  }, until)
  return {
    follow(onTopology, signal) {
      followers.add(onTopology)
      signal.addEventListener('abort', () => followers.delete(onTopology), { once: true })
      if (newest) onTopology(newest)
    },
  }
}

async function pull(
  { topologyFile, clock }: { topologyFile: string; clock: Clock },
  onTopology: (topology: Topology) => void,
  signal: AbortSignal,
): Promise<void> {
  let seen = ''
  while (!signal.aborted) {
    const facts = await stat(topologyFile).catch(() => null)
    const version = facts ? `${facts.ino} ${facts.mtimeMs} ${facts.size}` : ''
    if (version !== seen) {
      // A damaged or vanished file tells nothing new: what was known stays true until a newer one is readable.
      const topology = await readJsonFile<Topology>(topologyFile).catch(() => null)
      if (topology) {
        seen = version
        onTopology(topology)
      }
    }
    await pause(clock, pollMs, signal)
  }
}

async function push(
  { redis, clock }: { redis: RedisClient; clock: Clock },
  onTopology: (topology: Topology) => void,
  signal: AbortSignal,
): Promise<void> {
  const listener = (message: string) => {
    const topology = parseTopology(message)
    if (topology && !signal.aborted) onTopology(topology)
  }
  while (!signal.aborted) {
    const stop = await redis.subscribe(topologyChannel, listener).catch(() => null)
    if (stop && signal.aborted) return stop()
    // From here on the client subscribes again by itself after each loss.
    if (stop) return signal.addEventListener('abort', stop, { once: true })
    await pause(clock, subscribeAgainMs, signal)
  }
}

function parseTopology(message: string): Topology | null {
  try {
    const topology = JSON.parse(message) as Topology
    return typeof topology.epoch === 'number' && Array.isArray(topology.nodes) ? topology : null
  } catch {
    return null
  }
}

/** Ends early, without a fuss, when the signal aborts. */
async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(delayMs, signal).catch(() => undefined)
}
