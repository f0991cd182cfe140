import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findFork, streamOf } from '../../../../src/cluster/rejoin/compare-histories.js'
import type { LogPlace } from '../../../../src/model/qlink.js'

const gtidsTo = (end: number, server = 1, domain = 0) =>
  Array.from({ length: end }, (_, index) => `${domain}-${server}-${index + 1}`)

function logWith(places: Readonly<Record<string, LogPlace>>, otherwise: LogPlace) {
  const asked: string[] = []
  const placeOf = async (gtid: string) => {
    asked.push(gtid)
    return places[gtid] ?? otherwise
  }
  return { asked, placeOf }
}

test('a node that wrote nothing of its own has nothing extra', async () => {
  expect(await findFork([], async () => 'foreign')).toEqual([])
  expect(await findFork(gtidsTo(9), async () => 'inside')).toEqual([])
})

test('what is beyond the log, or stands there in the place of another, is extra from the fork on', async () => {
  for (const beyond of ['after', 'foreign'] as const) {
    const log = logWith(Object.fromEntries(gtidsTo(6).map((gtid) => [gtid, 'inside'])), beyond)
    expect(await findFork(gtidsTo(9), log.placeOf)).toEqual([6, 7, 8])
  }
})

test('what is older than the log was common before the log began', async () => {
  const log = logWith({ '0-1-4': 'inside', '0-1-5': 'foreign' }, 'before')
  expect(await findFork(gtidsTo(5), log.placeOf)).toEqual([4])
})

test('a transaction in a domain or of a server of its own is extra without those around it', async () => {
  const own = ['0-1-1', '7-1-1', '0-1-2', '0-1-3']
  const log = logWith({ '7-1-1': 'after' }, 'inside')
  expect(await findFork(own, log.placeOf)).toEqual([1])
  const mysql = ['a:1', 'b:1', 'a:2', 'a:tag:1', 'b:2']
  expect(await findFork(mysql, logWith({ 'b:2': 'foreign', 'a:tag:1': 'after' }, 'inside').placeOf)).toEqual([
    3, 4,
  ])
})

test('wherever a history forks, exactly what follows is found, with few questions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 5000 }), async (a, b) => {
      const [fork, end] = a < b ? [a, b] : [b, a]
      const log = logWith({}, 'inside')
      const placeOf = async (gtid: string) =>
        Number(gtid.slice(4)) <= fork ? log.placeOf(gtid) : (await log.placeOf(gtid)) && 'foreign'
      const extra = await findFork(gtidsTo(end), placeOf)
      expect(extra).toEqual(Array.from({ length: end - fork }, (_, index) => fork + index))
      expect(log.asked.length).toBeLessThanOrEqual(14)
    }),
  )
})

test('a stream is a domain of MariaDB, or a server and tag of MySQL', () => {
  expect(streamOf('0-21-99')).toBe('0')
  expect(streamOf('f0e1:99')).toBe('f0e1')
  expect(streamOf('f0e1:tag:99')).toBe('f0e1:tag')
})
