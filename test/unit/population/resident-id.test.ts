import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BirthSlots, birthSlotCount } from '../../../src/population/births.js'
import { DateTexts, dayNumber } from '../../../src/population/calendar.js'
import { isResidentId, ResidentIds } from '../../../src/population/resident-id.js'
import { TsvWriter } from '../../../src/population/tsv-writer.js'

const safe = new ResidentIds(new DateTexts(), 'safe')

function residentId(cell: number, rank: number): string {
  const writer = new TsvWriter(32)
  safe.write(writer, cell, rank)
  return writer.written().toString('latin1').trim()
}

test('the check character is the one of ISO 7064 MOD 11-2', () => {
  // The worked example that GB 11643-1999 itself prints.
  expect(isResidentId('11010519491231002X')).toBe(true)
  expect(isResidentId('110105194912310021')).toBe(false)
  expect(isResidentId('11010519491231002')).toBe(false)
})

test('every single wrong digit is noticed', () => {
  const good = '11010519491231002X'
  for (let index = 0; index < 17; index++) {
    for (let digit = 0; digit < 10; digit++) {
      const changed = `${good.slice(0, index)}${digit}${good.slice(index + 1)}`
      if (changed !== good) expect(isResidentId(changed), changed).toBe(false)
    }
  }
})

test('a number carries an unassigned address code, the birth date, and the sex in its sequence', () => {
  const cell = dayNumber(1987, 6, 5) * 2

  expect(residentId(cell, 17)).toMatch(/^3399\d\d19870605\d\d[13579][\dX]$/)
  expect(residentId(cell + 1, 17)).toMatch(/^3399\d\d19870605\d\d[02468][\dX]$/)
  expect(isResidentId(residentId(cell, 17))).toBe(true)
})

test('all ranks of one day and sex have different numbers, none with sequence 000', () => {
  const cell = dayNumber(1990, 1, 1) * 2 + 1

  const numbers = Array.from({ length: 44_910 }, (_, rank) => residentId(cell, rank))

  expect(new Set(numbers).size).toBe(44_910)
  expect(numbers.some((number) => number.slice(14, 17) === '000')).toBe(false)
})

test('the place of a number among all leads back to cell and rank, and ascends as the numbers do', () => {
  const person = fc.record({
    cell: fc.integer({ min: 0, max: dayNumber(2026, 1, 1) * 2 - 1 }),
    rank: fc.integer({ min: 0, max: 44_909 }),
  })
  fc.assert(
    fc.property(person, person, (one, other) => {
      const orders = [one, other].map(({ cell, rank }) => safe.orderOf(cell, rank)) as [number, number]
      const texts = [one, other].map(({ cell, rank }) => residentId(cell, rank).slice(0, 17)) as [
        string,
        string,
      ]
      expect({ cell: safe.cellOfOrder(orders[0]), rank: safe.rankOfOrder(orders[0]) }).toEqual(one)
      expect(Math.sign(orders[0] - orders[1])).toBe(texts[0] < texts[1] ? -1 : texts[0] > texts[1] ? 1 : 0)
    }),
  )
})

test('of one day and sex, every rank is found again from its number', () => {
  for (const cell of [0, dayNumber(1968, 2, 29) * 2 + 1]) {
    const strayed = Array.from({ length: 44_910 }, (_, rank) => rank).filter(
      (rank) => safe.rankOfOrder(safe.orderOf(cell, rank)) !== rank,
    )
    expect(strayed).toEqual([])
  }
})

test('slots fill the age pyramid: nobody below 16, most between 25 and 60, men slightly ahead', () => {
  const births = new BirthSlots()
  const cells = Array.from({ length: 100_000 }, (_, index) =>
    births.cellOf(Math.floor(index * (birthSlotCount / 100_000))),
  )
  const ages = cells.map((cell) => (dayNumber(2026, 1, 1) - (cell >> 1)) / 365.25)
  const share = (from: number, to: number) =>
    ages.filter((age) => age >= from && age < to).length / ages.length

  expect(Math.min(...ages)).toBeGreaterThanOrEqual(16)
  expect(Math.max(...ages)).toBeLessThan(100)
  expect(share(25, 60)).toBeGreaterThan(0.6)
  expect(share(60, 100)).toBeGreaterThan(0.15)
  expect(cells.filter((cell) => cell % 2 === 0).length / cells.length).toBeCloseTo(0.52, 1)
})

test('a slot lies in the cell found for it, at both ends of the range and around every guide step', () => {
  const births = new BirthSlots()
  const slots = [0, 1, 65_535, 65_536, 65_537, birthSlotCount - 1]

  for (const slot of slots) expect(births.rankIn(births.cellOf(slot), slot)).toBeGreaterThanOrEqual(0)
  for (const slot of slots) expect(births.rankIn(births.cellOf(slot), slot)).toBeLessThan(44_910)
})
