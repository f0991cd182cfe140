import type { RedisClient } from '../clients/redis.js'
import type { Clock } from '../kit/clock.js'
import type { SubsystemCode } from '../model/subsystem.js'
import { freeLease, holderAt, type Lease, stepLease } from '../protocol/lease.js'

/** One running instance of a subsystem, as others find it. */
export interface RegisteredInstance {
  readonly code: SubsystemCode
  /** Unique among the instances of a subsystem. */
  readonly instance: string
  /** Where it takes calls, e.g. `http://127.0.0.1:25016`. */
  readonly url: string
  readonly version: string
  readonly startedAt: string
}

export interface Registration {
  /** Whether others can still find us, as far as we know: false once the lease ran out without being renewed. */
  held(): boolean
  /** Ends it at once, for all instances. Never rejects: what cannot be removed ends with its lease. */
  remove(): Promise<void>
}

/**
 * Announces instances in Redis, each under its own key with a time to live, and renews them until `remove`. An instance
 * whose process dies disappears by itself after `leaseMs`. Redis may be away for a while: the next renewal brings
 * everything back.
 */
export function registerInstances(
  instances: readonly RegisteredInstance[],
  world: {
    readonly redis: RedisClient
    readonly clock: Clock
    readonly leaseMs?: number | undefined
    readonly onLost?: (error: unknown) => void
  },
): Registration {
  const { redis, clock, leaseMs = defaultLeaseMs } = world
  const stop = new AbortController()
  let lease: Lease = freeLease
  const announce = async () => {
    // The lease counts from before the request: we never believe in it longer than Redis does.
    const nowMs = clock.monotonicMs()
    await Promise.all(
      instances.map((each) => redis.set(registryKey(each), JSON.stringify(each), { ttlMs: leaseMs })),
    )
    lease = stepLease(lease, { kind: 'acquire', holder: self, ttlMs: leaseMs, nowMs }).lease
  }
  const renewing = (async () => {
    while (!stop.signal.aborted) {
      await announce().catch(world.onLost ?? (() => undefined))
      await clock.sleep(leaseMs / renewalsPerLease, stop.signal).catch(() => undefined)
    }
  })()
  return {
    held: () => holderAt(lease, clock.monotonicMs()) === self,
    async remove() {
      stop.abort()
      await renewing
      lease = freeLease
      await redis.remove(...instances.map(registryKey)).catch(() => undefined)
    },
  }
}

/** Everything registered now, in no order. */
export async function registeredInstances(redis: RedisClient): Promise<RegisteredInstance[]> {
  const keys = await redis.keys(`${prefix}*`)
  const texts = await Promise.all(keys.map((key) => redis.get(key)))
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as RegisteredInstance]))
}

export function registryKey(instance: Pick<RegisteredInstance, 'code' | 'instance'>): string {
  return `${prefix}${instance.code}:${instance.instance}`
}

const prefix = 'corelab:registry:'
const self = 'self'
const defaultLeaseMs = 5000
/** Two renewals may be lost before the third keeps the lease. */
const renewalsPerLease = 3
