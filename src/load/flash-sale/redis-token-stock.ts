import type { RedisClient } from '../../clients/redis.js'
import type { Claim, SaleTerms, TokenStock } from './token-stock.js'

/** Beyond the longest run by far: what a killed run leaves goes away by itself. */
const keptSeconds = 3600

/** KEYS: stock, buyers. ARGV: buyer, limit, quota, time to live. A token's number; 0 = sold out; -1 = over the limit. */
const claimScript = `
local held = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')
if held >= tonumber(ARGV[2]) then return -1 end
local left = redis.call('HGET', KEYS[1], 'left')
if not left then
  redis.call('HSET', KEYS[1], 'left', ARGV[3], 'issued', 0)
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  left = ARGV[3]
end
if tonumber(left) <= 0 then return 0 end
redis.call('HINCRBY', KEYS[1], 'left', -1)
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('EXPIRE', KEYS[2], ARGV[4])
return redis.call('HINCRBY', KEYS[1], 'issued', 1)`

/** KEYS: stock, buyers, returned. ARGV: buyer, token, time to live. */
const giveBackScript = `
if redis.call('SADD', KEYS[3], ARGV[2]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[3], ARGV[3])
redis.call('HINCRBY', KEYS[1], 'left', 1)
redis.call('HINCRBY', KEYS[2], ARGV[1], -1)
return 1`

/** Tokens in Redis: each change is one script, which Redis runs alone. */
export function redisTokenStock(redis: RedisClient, sale: string, terms: SaleTerms): TokenStock {
  // One slot of a cluster, so that scripts may touch all of them.
  const keyOf = (round: number, what: 'stock' | 'buyers' | 'returned') =>
    `bench:flash:{${sale}:${round}}:${what}`
  return {
    async claim(round, buyer): Promise<Claim> {
      const keys = [keyOf(round, 'stock'), keyOf(round, 'buyers')]
      const argv = [buyer, terms.limit, terms.quota, keptSeconds]
      const token = Number(await redis.command('EVAL', claimScript, keys.length, ...keys, ...argv))
      if (token > 0) return { kind: 'token', token }
      return token === 0 ? { kind: 'sold-out' } : { kind: 'over-limit' }
    },
    async giveBack(round, token, buyer) {
      const keys = [keyOf(round, 'stock'), keyOf(round, 'buyers'), keyOf(round, 'returned')]
      await redis.command('EVAL', giveBackScript, keys.length, ...keys, buyer, token, keptSeconds)
    },
    async facts(round) {
      const [left, issued] = (await redis.command('HMGET', keyOf(round, 'stock'), 'left', 'issued')) as (
        | string
        | null
      )[]
      const returned = (await redis.command('SMEMBERS', keyOf(round, 'returned'))) as string[]
      return {
        issued: Number(issued ?? 0),
        left: Number(left ?? terms.quota),
        returned: new Set(returned.map(Number)),
      }
    },
    async remove(rounds) {
      for (const round of rounds)
        await redis
          .remove(keyOf(round, 'stock'), keyOf(round, 'buyers'), keyOf(round, 'returned'))
          .catch(() => undefined)
    },
  }
}
