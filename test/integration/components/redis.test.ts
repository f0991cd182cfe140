import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRedis, type RedisClient } from '../../../src/clients/redis.js'
import { detectRedis, planRedisComponent } from '../../../src/components/redis/redis-component.js'
import type { ComponentSpec } from '../../../src/model/component-spec.js'
import { profiles } from '../../../src/model/profile.js'
import type { RunningComponent } from '../../../src/runtime/runtime.js'
import { statePaths } from '../../../src/sys/state-dir.js'
import { freePort } from '../../support/free-port.js'
import { tracesOf } from '../../support/leaks.js'
import { type Bench, openBench } from '../../support/real-components.js'
import { testSecrets } from '../../support/secrets.js'

describe('the cache', () => {
  let bench: Bench
  let spec: ComponentSpec
  let server: RunningComponent
  let client: RedisClient

  beforeAll(async () => {
    bench = await openBench()
    spec = planRedisComponent({
      program: (await detectRedis()).server.path,
      paths: statePaths(bench.stateDir).component('redis'),
      port: await freePort(),
      profile: profiles.tiny,
      secrets: testSecrets,
      userConfig: '',
    })
    server = await bench.start(spec)
    client = openRedis({ host: '127.0.0.1', port: spec.ports[0]!, password: testSecrets.redis })
  })
  afterAll(async () => {
    await client?.close()
    await bench.dispose()
  })

  test('answers with the password, and refuses without', async () => {
    await client.ping()

    const stranger = openRedis({ host: '127.0.0.1', port: spec.ports[0]!, password: 'guess' })
    await expect(stranger.ping()).rejects.toMatchObject({ code: 'CACHE_UNREACHABLE' })
    await stranger.close()
  })

  test('keeps the password out of its configuration', () => {
    expect(spec.files[0]?.text).not.toContain(testSecrets.redis)
  })

  test.each([['FLUSHALL'], ['KEYS', '*'], ['CONFIG', 'GET', '*'], ['SHUTDOWN'], ['MONITOR']])(
    'refuses %s, which could wipe, stall or stop it',
    async (name, ...args) => {
      await expect(client.command(name, ...args)).rejects.toMatchObject({
        message: expect.stringContaining('NOPERM'),
      })
    },
  )

  test('does what the platform needs: leases, scripts, scans, messages', async () => {
    await client.set('lease', 'me', { ttlMs: 60_000, onlyIfAbsent: true })
    await client.subscribe('news', () => undefined)

    expect(await client.command('EVAL', 'return redis.call("get", KEYS[1])', 1, 'lease')).toBe('me')
    expect(await client.keys('lea*')).toEqual(['lease'])
    expect(await client.publish('news', 'x')).toBe(1)
  })

  test('has its data again after a stop', async () => {
    await client.set('stays', 'yes')
    await server.stop()

    server = await bench.start(spec)

    const again = openRedis({ host: '127.0.0.1', port: spec.ports[0]!, password: testSecrets.redis })
    expect(await again.get('stays')).toBe('yes')
    await again.close()
  })

  test('leaves no process and no listener behind', async () => {
    await server.stop()

    const traces = await tracesOf({ dirs: [bench.stateDir], ports: spec.ports })
    expect(traces.filter((line) => !line.startsWith('entry'))).toEqual([])
  })
})
