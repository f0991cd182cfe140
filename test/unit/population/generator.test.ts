import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { subTableCount } from '../../../src/model/sub-tables.js'
import { describeRow } from '../../../src/population/describe-row.js'
import { PopulationGenerator } from '../../../src/population/generator.js'
import { isResidentId } from '../../../src/population/resident-id.js'
import { customerTable } from '../../../src/population/tables/customer.js'
import { settlementAccountTable } from '../../../src/population/tables/settlement-account.js'
import { TsvWriter } from '../../../src/population/tsv-writer.js'

const plain = { locale: 'zh', identity: 'safe' } as const

interface Golden {
  readonly seed: number
  readonly entities: number
  readonly customers: number
  readonly customersSha256: string
  readonly accountsSha256: string
}

/** All lines of a range, written through a buffer of `bufferBytes`. */
function linesOf(
  generator: PopulationGenerator,
  range: { first: number; count: number },
  bufferBytes = 64 * 1024,
) {
  const keys = generator.keysOf(range)
  const writer = new TsvWriter(bufferBytes)
  const customers: Buffer[] = []
  const accounts: Buffer[] = []
  for (let subTable = 0; subTable < subTableCount; subTable++) {
    const into = (parts: Buffer[]) => (full: TsvWriter) => {
      parts.push(Buffer.from(full.written()))
      full.clear()
    }
    generator.write(customerTable, keys, subTable, writer, into(customers))
    into(customers)(writer)
    generator.write(settlementAccountTable, keys, subTable, writer, into(accounts))
    into(accounts)(writer)
  }
  return { customers: Buffer.concat(customers), accounts: Buffer.concat(accounts) }
}

const sorted = (bytes: Buffer[]) =>
  Buffer.concat(bytes).toString('utf8').split('\n').filter(Boolean).sort().join('\n')

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test('the same seed gives the bytes recorded in the golden file', async () => {
  const golden = JSON.parse(await readFile('fixtures/population/golden.json', 'utf8')) as Golden[]

  for (const { seed, entities, customers, ...expected } of golden) {
    const lines = linesOf(new PopulationGenerator({ ...plain, seed, entities }), {
      first: 0,
      count: customers,
    })
    expect({ customersSha256: sha256(lines.customers), accountsSha256: sha256(lines.accounts) }).toEqual(
      expected,
    )
  }
})

test('any cutting into chunks, shared by any number of workers in any order, gives the same rows', () => {
  const workers = Array.from(
    { length: 4 },
    () => new PopulationGenerator({ ...plain, seed: 11, entities: 81 }),
  )
  const whole = linesOf(workers[0]!, { first: 0, count: 600 })

  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 599 }), { maxLength: 5 }),
      fc.integer({ min: 400, max: 5000 }),
      fc.integer({ min: 1, max: 4 }),
      (cuts, bufferBytes, workerCount) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 600]
        const chunks = edges
          .slice(0, -1)
          .map((first, index) =>
            linesOf(
              workers[index % workerCount]!,
              { first, count: (edges[index + 1] ?? 0) - first },
              bufferBytes,
            ),
          )
          .reverse()

        expect(sorted(chunks.map(({ customers }) => customers))).toBe(sorted([whole.customers]))
        expect(sorted(chunks.map(({ accounts }) => accounts))).toBe(sorted([whole.accounts]))
      },
    ),
    { numRuns: 30 },
  )
})

test('a row described alone is the row written among others', () => {
  const spec = { ...plain, seed: 5, entities: 81 }
  const lines = linesOf(new PopulationGenerator(spec), { first: 1000, count: 50 })

  for (const row of [1000, 1017, 1049]) {
    const { tables } = describeRow(spec, row)
    const [customer] = tables.get('cif.customer')!
    const accounts = tables.get('act.settlement_account')!
    expect(lines.customers.toString()).toContain(`${Object.values(customer!).join('\t')}\n`)
    for (const account of accounts) {
      expect(lines.accounts.toString()).toContain(`${Object.values(account).join('\t')}\n`)
    }
  }
})

test('inside a sub-table the keys of a chunk ascend, and every row is in the sub-table of its customer', () => {
  const generator = new PopulationGenerator({ ...plain, seed: 3, entities: 81 })
  const keys = generator.keysOf({ first: 0, count: 2000 })
  const writer = new TsvWriter(1024 * 1024)

  for (let subTable = 0; subTable < subTableCount; subTable++) {
    writer.clear()
    generator.write(settlementAccountTable, keys, subTable, writer, () => undefined)
    const rows = writer.written().toString().trim().split('\n')
    const primaryKeys = rows.map((row) => row.split('\t').slice(0, 2).join('\t'))
    expect(primaryKeys).toEqual([...primaryKeys].sort())
    expect(rows.every((row) => Number(row.split('\t')[2]) % subTableCount === subTable)).toBe(true)
  }
})

test('numbers are unique, checksums right, and money within the limits of the class', () => {
  const lines = linesOf(new PopulationGenerator({ ...plain, seed: 99, entities: 81 }), {
    first: 0,
    count: 20_000,
  })
  const customers = lines.customers
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  const accounts = lines.accounts
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  const distinct = (rows: string[][], column: number) => new Set(rows.map((row) => row[column])).size
  const limits: Record<string, number> = { '1': 10_000_000_000, '2': 20_000_000, '3': 200_000 }

  expect(customers).toHaveLength(20_000)
  expect([distinct(customers, 1), distinct(customers, 5), distinct(customers, 6)]).toEqual([
    20_000, 20_000, 20_000,
  ])
  expect(distinct(accounts, 1)).toBe(accounts.length)
  for (const [, id, , sex, birth, identity, mobile, , , openedOn] of customers) {
    expect(id).toMatch(/^1[0-8]\d{8}$/)
    expect(identity?.startsWith('3399') && isResidentId(identity)).toBe(true)
    expect(identity?.slice(6, 14)).toBe(birth?.replaceAll('-', ''))
    expect(Number(identity?.[16]) % 2).toBe(sex === 'M' ? 1 : 0)
    expect(mobile).toMatch(/^(142|143|154|161|164|194)\d{8}$/)
    expect(openedOn! > birth!).toBe(true)
  }
  for (const [, , , accountClass, currency, balance] of accounts) {
    expect(currency).toBe('CNY')
    expect(Number(balance)).toBeGreaterThanOrEqual(0)
    expect(Number(balance)).toBeLessThanOrEqual(limits[accountClass!]!)
  }
})

test('shares come out as designed: 1.4 accounts per customer, entities of unequal size, frequent surnames first', () => {
  const lines = linesOf(new PopulationGenerator({ ...plain, seed: 1, entities: 81 }), {
    first: 0,
    count: 50_000,
  })
  const customers = lines.customers
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  const accounts = lines.accounts.toString().trim().split('\n')
  const sizes = new Map<string, number>()
  for (const [entity] of customers) sizes.set(entity!, (sizes.get(entity!) ?? 0) + 1)

  expect(accounts.length / 50_000).toBeCloseTo(1.4, 1)
  expect(sizes.size).toBe(81)
  expect(Math.max(...sizes.values()) / Math.min(...sizes.values())).toBeGreaterThan(5)
  expect(customers.filter(([, , name]) => name!.startsWith('陈')).length / 50_000).toBeCloseTo(0.075, 2)
})

test('fewer entities means fewer codes, and nobody outside them', () => {
  const lines = linesOf(new PopulationGenerator({ ...plain, seed: 1, entities: 3 }), {
    first: 0,
    count: 1000,
  })

  const codes = new Set(
    lines.customers
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.slice(0, 3)),
  )

  expect([...codes].sort()).toEqual(['E01', 'E02', 'E03'])
})
