import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/kit/clock.js'
import type { Topology } from '../../../src/model/topology.js'
import { topologyChannel } from '../../../src/platform/topology-channel.js'
import { topologyOfEnvironment } from '../../../src/platform/topology-source.js'
import { writeFileAtomic } from '../../../src/sys/files.js'
import { startRedis, type TestRedis } from '../../support/redis.js'
import { topologyOf } from '../../support/topologies.js'

let dir: string
let redis: TestRedis

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-test-topology-'))
  redis = await startRedis()
})

afterAll(async () => {
  await redis?.stop()
  await rm(dir, { recursive: true, force: true })
})

/** Collects what a source tells, and waits for an epoch. */
function listener() {
  const heard: number[] = []
  let wake: () => void = () => undefined
  return {
    heard,
    on: (topology: Topology) => {
      if (!heard.includes(topology.epoch)) heard.push(topology.epoch)
      wake()
    },
    until: async (epoch: number) => {
      while (!heard.includes(epoch)) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

test('the file is the truth: what it holds is told, again after each change, and damage tells nothing', async () => {
  const topologyFile = join(dir, 'pulled.json')
  const stop = new AbortController()
  const told = listener()

  topologyOfEnvironment({ topologyFile, redis: null, clock: systemClock }).follow(told.on, stop.signal)
  await writeFileAtomic(topologyFile, JSON.stringify(topologyOf({ epoch: 1 })))
  await told.until(1)
  await writeFile(topologyFile, '{"epoch":')
  await writeFileAtomic(topologyFile, JSON.stringify(topologyOf({ epoch: 2 })))
  await told.until(2)

  expect(told.heard).toEqual([1, 2])
  stop.abort()
})

test('a push arrives without waiting for the next look at the file', async () => {
  // A clock whose sleep never ends by itself: only the push can be the messenger.
  const stopped: Clock = { ...systemClock, sleep: () => new Promise(() => undefined) }
  const client = redis.connect()
  const stop = new AbortController()
  const told = listener()
  topologyOfEnvironment({ topologyFile: join(dir, 'none.json'), redis: client, clock: stopped }).follow(
    told.on,
    stop.signal,
  )
  while ((await client.publish(topologyChannel, 'not a topology')) === 0);

  await client.publish(topologyChannel, JSON.stringify(topologyOf({ epoch: 7 })))
  await told.until(7)

  expect(told.heard).toEqual([7])
  stop.abort()
  await client.close()
})
