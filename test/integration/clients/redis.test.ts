import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedis, type RedisClient } from '../../../src/clients/redis.js'
import { startRedis, type TestRedis } from '../../support/redis.js'

let server: TestRedis
let client: RedisClient

beforeAll(async () => {
  server = await startRedis()
  client = server.connect()
})

afterAll(async () => {
  await client?.close()
  await server?.stop()
})

test('a key with a time to live vanishes, one that must be absent is not overwritten', async () => {
  expect(await client.set('a', '1', { ttlMs: 30_000 })).toBe(true)
  expect(await client.set('a', '2', { onlyIfAbsent: true })).toBe(false)
  expect(await client.get('a')).toBe('1')
  expect(await client.ttlMs('a')).toBeGreaterThan(20_000)
  expect(await client.ttlMs('nothing')).toBeNull()
  expect(await client.keys('a*')).toEqual(['a'])
  expect(await client.remove('a', 'b')).toBe(1)
})

test('a subscriber hears what is published on its channel until it stops', async () => {
  const heard: string[] = []
  let onHeard: () => void = () => undefined
  const stop = await client.subscribe('news', (message) => {
    heard.push(message)
    onHeard()
  })
  const first = new Promise<void>((resolve) => (onHeard = resolve))

  expect(await client.publish('news', 'one')).toBe(1)
  await first
  stop()

  expect(heard).toEqual(['one'])
})

test('a wrong password and a closed port are told within the limit', async () => {
  const wrong = openRedis({ ...server.target, password: 'no' })
  await expect(wrong.ping()).rejects.toMatchObject({ code: 'CACHE_UNREACHABLE' })
  await wrong.close()

  const closed = openRedis({ ...server.target, port: 1 })
  await expect(closed.ping()).rejects.toMatchObject({ code: 'CACHE_UNREACHABLE' })
  await closed.close()
})
