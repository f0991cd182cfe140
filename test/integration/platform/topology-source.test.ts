import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/kit/clock.js'
import type { Topology } from '../../../src/model/topology.js'
import { topologyChannel } from '../../../src/platform/topology-channel.js'
import { sharedTopology, topologyOfEnvironment } from '../../../src/platform/topology-source.js'
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

/** A clock whose sleep never ends by itself: who looks now and then looks once, and only a push brings news. */
const stopped: Clock = { ...systemClock, sleep: () => new Promise(() => undefined) }

/** Collects what a source tells, and waits for an epoch. */
function listener() {
  const heard: number[] = []
  const confirmed: number[] = []
  let wake: () => void = () => undefined
  return {
    heard,
    confirmed,
    on: (topology: Topology, confirmedAtMs?: number) => {
      if (!heard.includes(topology.epoch)) heard.push(topology.epoch)
      if (confirmedAtMs !== undefined) confirmed.push(topology.epoch)
      wake()
    },
    until: async (epoch: number) => {
      while (!heard.includes(epoch)) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

const save = (file: string, epoch: number) => writeFileAtomic(file, JSON.stringify(topologyOf({ epoch })))

test('the file is the truth: what it holds is told, again after each change, and damage tells nothing', async () => {
  const topologyFile = join(dir, 'pulled.json')
  const stop = new AbortController()
  const told = listener()

  topologyOfEnvironment({ topologyFile, redis: null, clock: systemClock }).follow(told.on, stop.signal)
  await save(topologyFile, 1)
  await told.until(1)
  await writeFile(topologyFile, '{"epoch":')
  await save(topologyFile, 2)
  await told.until(2)

  expect(told.heard).toEqual([1, 2])
  expect(told.confirmed).toContain(2)
  stop.abort()
})

test('a look tells what is there now, and since when that is certain; without a file it fails', async () => {
  const topologyFile = join(dir, 'looked-at.json')
  const source = topologyOfEnvironment({ topologyFile, redis: null, clock: stopped })
  await expect(source.look!()).rejects.toThrow('ENOENT')

  await save(topologyFile, 3)
  const askedAtMs = systemClock.monotonicMs()
  const seen = await source.look!()

  expect(seen.topology.epoch).toBe(3)
  expect(seen.confirmedAtMs).toBeGreaterThanOrEqual(askedAtMs)
  expect(seen.confirmedAtMs).toBeLessThanOrEqual(systemClock.monotonicMs())
})

test('a push by Redis arrives without waiting for the next look, and confirms nothing', async () => {
  const client = redis.connect()
  const stop = new AbortController()
  const told = listener()
  const topologyFile = join(dir, 'none.json')
  topologyOfEnvironment({ topologyFile, redis: client, clock: stopped }).follow(told.on, stop.signal)
  while ((await client.publish(topologyChannel, 'not a topology')) === 0);

  await client.publish(topologyChannel, JSON.stringify(topologyOf({ epoch: 7 })))
  await told.until(7)

  expect([told.heard, told.confirmed]).toEqual([[7], []])
  stop.abort()
  await client.close()
})

test('a push by the keeper arrives as well, in pieces, and again from a keeper that came back', async () => {
  const keeperSocket = join(dir, 'keeper.sock')
  const keeper = await startKeeper(keeperSocket)
  const stop = new AbortController()
  const told = listener()
  topologyOfEnvironment({
    topologyFile: join(dir, 'none.json'),
    redis: null,
    keeperSocket,
    clock: systemClock,
  }).follow(told.on, stop.signal)
  const line = `${JSON.stringify(topologyOf({ epoch: 4 }))}\n`
  const first = await keeper.follower()
  first.write(line.slice(0, 40))
  first.write(line.slice(40))
  await told.until(4)

  await keeper.stop()
  const again = await startKeeper(keeperSocket)
  ;(await again.follower()).write(`${JSON.stringify(topologyOf({ epoch: 5 }))}\n`)
  await told.until(5)

  expect([told.heard, told.confirmed]).toEqual([[4, 5], []])
  stop.abort()
  await again.stop()
})

test('while Redis is down a new master is found by the file, and by the keeper', async () => {
  const topologyFile = join(dir, 'redis-down.json')
  const keeperSocket = join(dir, 'keeper-2.sock')
  const keeper = await startKeeper(keeperSocket)
  const doomed = await startRedis()
  const client = doomed.connect()
  const stop = new AbortController()
  const told = listener()
  await save(topologyFile, 1)
  const source = topologyOfEnvironment({ topologyFile, redis: client, keeperSocket, clock: systemClock })
  source.follow(told.on, stop.signal)
  await told.until(1)
  const follower = await keeper.follower()
  while ((await client.publish(topologyChannel, JSON.stringify(topologyOf({ epoch: 2 })))) === 0);
  await told.until(2)

  await doomed.stop()
  await save(topologyFile, 3)
  await told.until(3)
  follower.write(`${JSON.stringify(topologyOf({ epoch: 4 }))}\n`)
  await told.until(4)

  expect(told.heard).toEqual([1, 2, 3, 4])
  stop.abort()
  await client.close()
  await keeper.stop()
})

test('of a shared source a late follower hears the newest at once, and nobody hears of an older one', async () => {
  const topologyFile = join(dir, 'shared.json')
  const stop = new AbortController()
  await save(topologyFile, 8)
  const shared = sharedTopology(
    topologyOfEnvironment({ topologyFile, redis: null, clock: systemClock }),
    stop.signal,
  )
  const [early, late] = [listener(), listener()]
  shared.follow(early.on, stop.signal)
  await early.until(8)
  await save(topologyFile, 7)
  await save(topologyFile, 9)
  await early.until(9)

  shared.follow(late.on, stop.signal)

  expect(early.heard).toEqual([8, 9])
  expect([late.heard, late.confirmed]).toEqual([[9], [9]])
  expect((await shared.look!()).topology.epoch).toBe(9)
  stop.abort()
})

/** What a keeper does for its followers, turned by hand. */
async function startKeeper(socketPath: string) {
  const followers: ServerResponse[] = []
  let arrived: () => void = () => undefined
  const server: Server = createServer((request, response) => {
    if (request.url !== '/topology/watch') return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    followers.push(response)
    arrived()
  })
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return {
    async follower(): Promise<ServerResponse> {
      while (!followers[0]) await new Promise<void>((resolve) => (arrived = resolve))
      return followers[0]
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
