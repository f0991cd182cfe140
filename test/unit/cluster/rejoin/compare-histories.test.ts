import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findFork, streamOf } from '../../../../src/cluster/rejoin/compare-histories.js'
import type { LogPlace } from '../../../../src/model/qlink.js'

const gtidsTo = (end: number, server = 1, domain = 0) =>
  Array.from({ length: end }, (_, index) => `${domain}-${server}-${index + 1}`)

function logWith(placeOf: (gtid: string) => LogPlace) {
  const questions: (readonly string[])[] = []
  const placesOf = async (gtids: readonly string[]) => {
    questions.push(gtids)
    return gtids.map(placeOf)
  }
  return { questions, placesOf }
}

test('a node that wrote nothing of its own has nothing extra', async () => {
  expect(await findFork([], logWith(() => 'foreign').placesOf)).toEqual([])
  expect(await findFork(gtidsTo(9), logWith(() => 'inside').placesOf)).toEqual([])
})

test('what is beyond the log, or stands there in the place of another, is extra from the fork on', async () => {
  for (const beyond of ['after', 'foreign'] as const) {
    const log = logWith((gtid) => (numberOf(gtid) <= 6 ? 'inside' : beyond))
    expect(await findFork(gtidsTo(9), log.placesOf)).toEqual([6, 7, 8])
  }
})

test('what is older than the log was common before the log began', async () => {
  const log = logWith((gtid) => (gtid === '0-1-5' ? 'foreign' : gtid === '0-1-4' ? 'inside' : 'before'))
  expect(await findFork(gtidsTo(5), log.placesOf)).toEqual([4])
})

test('a transaction in a domain or of a server of its own is extra without those around it', async () => {
  const own = ['0-1-1', '7-1-1', '0-1-2', '0-1-3']
  const log = logWith((gtid) => (gtid === '7-1-1' ? 'after' : 'inside'))
  expect(await findFork(own, log.placesOf)).toEqual([1])
  const mysql = ['a:1', 'b:1', 'a:2', 'a:tag:1', 'b:2']
  const strays = logWith((gtid) => (['b:2', 'a:tag:1'].includes(gtid) ? 'foreign' : 'inside'))
  expect(await findFork(mysql, strays.placesOf)).toEqual([3, 4])
})

test('wherever a history forks, exactly what follows is found, with few and small questions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 300_000 }), fc.nat({ max: 300_000 }), async (a, b) => {
      const [fork, end] = a < b ? [a, b] : [b, a]
      const log = logWith((gtid) => (numberOf(gtid) <= fork ? 'inside' : 'foreign'))
      const extra = await findFork(gtidsTo(end), log.placesOf)
      expect([extra.length, extra[0], extra.at(-1)]).toEqual(
        fork === end ? [0, undefined, undefined] : [end - fork, fork, end - 1],
      )
      expect(log.questions.length).toBeLessThanOrEqual(5)
      expect(Math.max(0, ...log.questions.map((gtids) => gtids.length))).toBeLessThanOrEqual(64)
    }),
    { numRuns: 60 },
  )
})

test('a short tail, as an old master has it, takes one question', async () => {
  const log = logWith((gtid) => (numberOf(gtid) <= 9970 ? 'inside' : 'foreign'))
  expect(await findFork(gtidsTo(10_000), log.placesOf)).toHaveLength(30)
  expect(log.questions).toHaveLength(1)
})

function numberOf(gtid: string): number {
  return Number(gtid.slice(gtid.lastIndexOf('-') + 1))
}

test('a stream is a domain of MariaDB, or a server and tag of MySQL', () => {
  expect(streamOf('0-21-99')).toBe('0')
  expect(streamOf('f0e1:99')).toBe('f0e1')
  expect(streamOf('f0e1:tag:99')).toBe('f0e1:tag')
})
