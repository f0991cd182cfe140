import fc from 'fast-check'
import { expect, test } from 'vitest'
import { subTableOfMobile } from '../../../src/model/sub-tables.js'
import { MobileNumbers } from '../../../src/population/mobile-numbers.js'
import { customersMax, populationIdentities } from '../../../src/population/population.js'
import { TsvWriter } from '../../../src/population/tsv-writer.js'

const writer = new TsvWriter(32)

function textOf(numbers: MobileNumbers, slot: number): string {
  writer.clear()
  numbers.write(writer, slot)
  return writer.written().toString('latin1')
}

test('the next slot has a larger number of eleven digits, up to the last one', () => {
  for (const identity of populationIdentities) {
    const numbers = new MobileNumbers(identity)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: customersMax - 2 }), (slot) => {
        const [text, next] = [textOf(numbers, slot), textOf(numbers, slot + 1)]
        expect(text).toMatch(/^1\d{10}$/)
        expect(next > text).toBe(true)
        expect(numbers.subTableOf(slot)).toBe(subTableOfMobile(text))
      }),
      { examples: [[0], [customersMax - 2], [16_777_215], [89_478_485]], numRuns: 2000 },
    )
  }
})
