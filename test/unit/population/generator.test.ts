import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeRow } from '../../../src/population/describe-row.js'
import { PopulationGenerator } from '../../../src/population/generator.js'
import type { PopulationSpec } from '../../../src/population/population.js'
import { populationTables } from '../../../src/population/tables/population-tables.js'
import { settlementAccountTable } from '../../../src/population/tables/settlement-account.js'
import { linesOf, linesOfSubTable, populationSource } from '../../support/population.js'

interface Golden extends PopulationSpec {
  /** By table, SHA-256 over the rows of sub-table 0, then 1, and so on. */
  readonly sha256: Readonly<Record<string, string>>
}

test('the same seed gives the bytes recorded in the golden file, in every table', async () => {
  const golden = JSON.parse(await readFile('fixtures/population/golden.json', 'utf8')) as Golden[]

  expect(golden.length).toBeGreaterThanOrEqual(5)
  for (const { sha256, customers, ...source } of golden) {
    const generator = new PopulationGenerator(source)
    const digests = populationTables.map((table) => {
      const lines = linesOf(generator, table, { first: 0, count: customers })
      return [table.name, createHash('sha256').update(lines).digest('hex')]
    })
    expect(Object.fromEntries(digests), `seed ${source.seed}`).toEqual(sha256)
  }
})

test('any cutting into chunks, shared by any number of workers in any order, gives the same rows', () => {
  const workers = Array.from({ length: 3 }, () => new PopulationGenerator(populationSource({ seed: 11 })))
  const ofCustomers = populationTables.filter(({ order }) => order !== 'batch')
  const count = 300
  const wholes = ofCustomers.map((table) => linesOf(workers[0]!, table, { first: 0, count }))

  fc.assert(
    fc.property(
      fc.nat({ max: ofCustomers.length - 1 }),
      fc.uniqueArray(fc.integer({ min: 1, max: count - 1 }), { maxLength: 5 }),
      fc.integer({ min: 400, max: 5000 }),
      fc.integer({ min: 1, max: 3 }),
      (which, cuts, bufferBytes, workerCount) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), count]
        const chunks = edges.slice(0, -1).map((first, index) => {
          const range = { first, count: (edges[index + 1] ?? 0) - first }
          return linesOf(workers[index % workerCount]!, ofCustomers[which]!, range, bufferBytes)
        })

        expect(sorted(Buffer.concat(chunks.reverse()))).toEqual(sorted(wholes[which]!))
      },
    ),
    { numRuns: 80 },
  )
})

test('a larger population contains the smaller one', () => {
  const generator = new PopulationGenerator(populationSource({ seed: 4 }))

  for (const table of populationTables.filter(({ order }) => order !== 'batch')) {
    const small = sorted(linesOf(generator, table, { first: 0, count: 200 }))
    const large = new Set(sorted(linesOf(generator, table, { first: 0, count: 500 })))
    expect(small.filter((line) => !large.has(line))).toEqual([])
  }
})

test('a row described alone is the row written among others', () => {
  const source = populationSource({ seed: 5, locale: 'en', identity: 'lookalike' })
  const generator = new PopulationGenerator(source)

  for (const row of [1000, 1017, 1049]) {
    for (const [name, rows] of describeRow(source, row).tables) {
      const table = populationTables.find((each) => each.name === name)!
      const lines = linesOf(generator, table, { first: 1000, count: 50 }).toString()
      for (const each of rows) expect(lines).toContain(`${Object.values(each).join('\t')}\n`)
    }
  }
})

test('inside a sub-table the primary keys of every table ascend without a repetition', () => {
  const generator = new PopulationGenerator(populationSource({ seed: 3, identity: 'lookalike' }))

  for (const table of populationTables) {
    const keys = generator.keysOf({ first: 0, count: 2000 }, table.order)
    for (let subTable = 0; subTable < table.subTables; subTable++) {
      const rows = linesOfSubTable(generator, table, keys, subTable).toString().split('\n').slice(0, -1)
      const primaryKeys = rows.map((row) => primaryKeyOf(row.split('\t'), table))
      expect(primaryKeys, `${table.name} ${subTable}`).toEqual([...new Set(primaryKeys)].sort())
    }
  }
})

test('a customer’s rows are never longer than the table says', () => {
  for (const source of [populationSource({ seed: 2 }), populationSource({ seed: 2, locale: 'en' })]) {
    const generator = new PopulationGenerator(source)
    for (const table of populationTables) {
      const keys = generator.keysOf({ first: 0, count: 3000 }, table.order)
      let longest = 0
      for (const key of keys.keys.slice(0, 400)) {
        const one = { ...keys, keys: Float64Array.of(key), starts: Uint32Array.of(0, 1) }
        longest = Math.max(longest, linesOfSubTable(generator, table, one, 0).length)
      }
      expect(longest, table.name).toBeLessThanOrEqual(table.rowBytesMax)
    }
  }
})

test('fewer entities means fewer codes, and nobody outside them', () => {
  const generator = new PopulationGenerator(populationSource({ seed: 1, entities: 3 }))

  for (const table of populationTables) {
    const lines = sorted(linesOf(generator, table, { first: 0, count: 1000 }))
    expect([...new Set(lines.map((line) => line.slice(0, 3)))]).toEqual(['E01', 'E02', 'E03'])
  }
})

test('keys of one order are refused by tables of another', () => {
  const generator = new PopulationGenerator(populationSource({ seed: 1 }))
  const keys = generator.keysOf({ first: 0, count: 10 }, 'mobile')

  expect(() => linesOfSubTable(generator, settlementAccountTable, keys, 0)).toThrow(/keys by mobile/)
})

function sorted(lines: Buffer): string[] {
  return lines.toString('utf8').split('\n').slice(0, -1).sort()
}

/** Numbers and texts of fixed length alike, so that the order of texts is that of the server. */
function primaryKeyOf(values: readonly string[], table: (typeof populationTables)[number]): string {
  return table.key.map((field) => (values[table.fields.indexOf(field)] ?? '').padStart(19, '0')).join(' ')
}
