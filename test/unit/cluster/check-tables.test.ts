import { expect, test } from 'vitest'
import type { UniqueKey } from '../../../src/cluster/load-window/check-keys.js'
import { type ColumnFound, tableFaults } from '../../../src/cluster/load-window/check-tables.js'
import { neededTables } from '../../../src/cluster/load-window/needed-tables.js'

const statement = `CREATE TABLE IF NOT EXISTS cif.person_03 (
  le_code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  person_id BIGINT NOT NULL,
  name VARCHAR(64) NOT NULL COMMENT 'as on the card',
  PRIMARY KEY (le_code, person_id)
) ENGINE=InnoDB`

const column = (name: string, type: string, more: Partial<ColumnFound> = {}): ColumnFound => ({
  name,
  type,
  charset: /char/.test(type) ? 'utf8mb4' : null,
  fillsItself: false,
  computed: false,
  ...more,
})
const sound = [column('le_code', 'char(3)'), column('person_id', 'bigint'), column('name', 'varchar(64)')]

const primary = { name: 'PRIMARY', columns: ['le_code', 'person_id'] }

function faultsWith(columns: readonly ColumnFound[] | null, uniqueKeys: readonly UniqueKey[] = [primary]) {
  const found = new Map(columns === null ? [] : [['cif.person_03', { columns, uniqueKeys }]])
  return tableFaults(neededTables([statement]), found)
}

const replaced = (other: ColumnFound) => sound.map((each) => (each.name === other.name ? other : each))

test('a table as the schema files make it has no fault', () => {
  expect(faultsWith(sound)).toEqual([])
})

test('a table that is missing is made by its own statement', () => {
  expect(faultsWith(null)).toEqual([
    {
      what: 'The table cif.person_03 is not there',
      mend: expect.stringMatching(/^CREATE TABLE IF NOT EXISTS cif\.person_03 \( le_code CHAR\(3\)/),
    },
  ])
})

test('a column that is gone is added as it was', () => {
  expect(faultsWith(sound.slice(0, 2))).toEqual([
    {
      what: 'The table cif.person_03 has no column name',
      mend: "ALTER TABLE cif.person_03 ADD COLUMN name VARCHAR(64) NOT NULL COMMENT 'as on the card'",
    },
  ])
})

test.each([
  column('name', 'varchar(20)'),
  column('name', 'text'),
  column('name', 'varchar(64)', { charset: 'latin1' }),
  column('person_id', 'int'),
  column('person_id', 'bigint unsigned'),
  column('person_id', 'bigint', { computed: true }),
])('a column that cannot take every value is named: $name as $type', (altered) => {
  const [fault, ...others] = faultsWith(replaced(altered))

  expect(others).toEqual([])
  expect(fault?.what).toContain(`cif.person_03.${altered.name} is ${altered.type}`)
  expect(fault?.mend).toMatch(`ALTER TABLE cif.person_03 MODIFY COLUMN ${altered.name} `)
})

test('more room, and additions that fill themselves, are no fault', () => {
  const wider = replaced(column('name', 'varchar(200)'))

  expect(faultsWith([...wider, column('note', 'text', { fillsItself: true })])).toEqual([])
  expect(faultsWith([...wider, column('note', 'text')])).toEqual([
    { what: expect.stringContaining('column note (text)'), mend: expect.stringContaining('note text NULL') },
  ])
})

test.each([
  [[], 'has no primary key', 'ALTER TABLE cif.person_03 ADD PRIMARY KEY (le_code, person_id)'],
  [
    [{ name: 'PRIMARY', columns: ['person_id', 'le_code'] }],
    'is (person_id, le_code)',
    'ALTER TABLE cif.person_03 DROP PRIMARY KEY, ADD PRIMARY KEY (le_code, person_id)',
  ],
  [
    [primary, { name: 'one_name', columns: ['le_code', 'name'] }],
    'unique key one_name (le_code, name)',
    'ALTER TABLE cif.person_03 DROP INDEX one_name',
  ],
  [
    [primary, { name: 'by_hash', columns: [null] }],
    'unique key by_hash (an expression)',
    'ALTER TABLE cif.person_03 DROP INDEX by_hash',
  ],
])('a key that other rows would not fit is named: %j', (keys, what, mend) => {
  expect(faultsWith(sound, keys)).toEqual([{ what: expect.stringContaining(what), mend }])
})

test('a unique key that holds the primary key refuses nobody', () => {
  expect(faultsWith(sound, [primary, { name: 'wider', columns: ['name', 'person_id', 'le_code'] }])).toEqual(
    [],
  )
})
