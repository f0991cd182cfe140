import type { RedisClient } from '../clients/redis.js'
import type { Clock } from '../kit/clock.js'
import { parseTopology, type TopologyListener } from './topology-news.js'

/** The keeper publishes here, after it has written the file. */
export const topologyChannel = 'corelab:topology'

const subscribeAgainMs = 2000

/** Push by Redis, until `signal` aborts. What is said while Redis is away is missed. */
export async function followTopologyChannel(
  { redis, clock }: { readonly redis: RedisClient; readonly clock: Clock },
  listener: TopologyListener,
  signal: AbortSignal,
): Promise<void> {
  const onMessage = (message: string) => {
    const topology = parseTopology(message)
    if (topology && !signal.aborted) listener(topology)
  }
  while (!signal.aborted) {
    const stop = await redis.subscribe(topologyChannel, onMessage).catch(() => null)
    if (stop && signal.aborted) return stop()
    // From here on the client subscribes again by itself after each loss.
    if (stop) return signal.addEventListener('abort', stop, { once: true })
    await clock.sleep(subscribeAgainMs, signal).catch(() => undefined)
  }
}
