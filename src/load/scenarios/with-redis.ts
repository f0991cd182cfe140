import { openRedis, type RedisClient, type RedisTarget } from '../../clients/redis.js'

/** Lends a connection to Redis, and closes it. Throws what the work throws. */
export async function withRedis<T>(
  { redis: target }: { readonly redis: RedisTarget },
  work: (redis: RedisClient) => Promise<T>,
): Promise<T> {
  const redis = openRedis(target)
  try {
    return await work(redis)
  } finally {
    await redis.close()
  }
}
