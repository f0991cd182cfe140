import { expect, test } from 'vitest'
import { schemaStatements } from '../../../src/cluster/schema-set.js'

test('a statement with {{nn}} is repeated for the sixteen sub-tables', () => {
  const statements = schemaStatements('CREATE TABLE act.entry_{{nn}} (id INT);\n')

  expect(statements).toHaveLength(16)
  expect(statements[0]).toBe('CREATE TABLE act.entry_00 (id INT)')
  expect(statements[15]).toBe('CREATE TABLE act.entry_15 (id INT)')
})

test('comment lines and blank statements are left out', () => {
  const text =
    '-- the customers\nCREATE DATABASE cif;\n\n-- end\n;\nCREATE TABLE cif.a (\n  id INT -- key\n);\n'

  expect(schemaStatements(text)).toEqual(['CREATE DATABASE cif', 'CREATE TABLE cif.a (\n  id INT -- key\n)'])
})
