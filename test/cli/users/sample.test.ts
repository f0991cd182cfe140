import { expect, test } from 'vitest'
import { temporaryDir } from '../../support/temp-dir.js'
import { runInProcess } from '../in-process.js'

interface Shown {
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>
}

const dir = temporaryDir()
const sample = (...argv: string[]) => runInProcess(['users', 'sample', ...argv], { cwd: dir.path })
const customersOf = async (...argv: string[]) =>
  JSON.parse((await sample(...argv, '--json')).stdout).data.customers

test('a row and its customer number lead to the same customer, with all that the customer has', async () => {
  const [byRow] = await customersOf('--row', '7312345')
  const [customer] = byRow.tables['cif.customer']
  const [byId] = await customersOf('--id', customer.customer_id)
  const [byShortId] = await customersOf('--id', String(Number(customer.customer_id) - 1_000_000_000))

  expect(byId).toEqual(byRow)
  expect(byShortId).toEqual(byRow)
  expect(byRow.row).toBe(7_312_345)
  expect(byRow.tables['act.settlement_account'].length).toBeGreaterThan(0)
  expect(byRow.tables['cif.route_mobile']).toEqual([
    { le_code: customer.le_code, mobile: customer.mobile, customer_id: customer.customer_id },
  ])
})

test('several of one institution', async () => {
  const customers = await customersOf('--count', '3', '--entity', 'E07')

  expect(customers.map(({ tables }: Shown) => tables['cif.customer']?.[0]?.le_code)).toEqual([
    'E07',
    'E07',
    'E07',
  ])
})

test('an unknown institution, and a number that nobody has, are refused', async () => {
  const entity = await sample('--entity', 'E99')
  const few = await sample('--entity', 'E08', '--entities', '7')
  const row = await sample('--row', '536870912')
  const opened = await sample('--id', '1900000000')

  expect([entity.code, few.code, row.code, opened.code]).toEqual([2, 2, 2, 2])
  expect(entity.stderr).toContain('Member institutions: E01 to E81.')
  expect(few.stderr).toContain('Member institutions: E01 to E07.')
  expect(row.stderr).toContain('0 to 536,870,911')
})

test('in English for readers abroad', async () => {
  const { stdout } = await sample('--row', '1', '--locale', 'en')

  expect(stdout).toContain('Zhejiang')
  expect(stdout).not.toMatch(/\p{Script=Han}/u)
})
