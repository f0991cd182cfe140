import type { ColumnShape, TableShape } from './table-shape.js'

/** A part of a table by its primary key: above `from`, up to `to`; null = open. Values are SQL literals. */
export interface KeyRange {
  readonly from: readonly string[] | null
  readonly to: readonly string[] | null
}

export const wholeTable: KeyRange = Object.freeze({ from: null, to: null })

/** How many rows a part has, and two sums over their checksums: one changed byte changes both. */
export function digestSql(table: TableShape, range: KeyRange): string {
  return (
    `SELECT COUNT(*) AS \`rows\`, COALESCE(BIT_XOR(crc), 0) AS \`xor\`, COALESCE(SUM(crc), 0) AS \`sum\` ` +
    `FROM (SELECT ${rowChecksum(table)} AS crc FROM ${quotedTable(table)}${where(table, range)}) AS part`
  )
}

/** The key and the checksum of each row of a part, in the order of the key. */
export function rowsSql(table: TableShape, range: KeyRange): string {
  return (
    `SELECT ${keyText(table)} AS id, ${rowChecksum(table)} AS crc FROM ${quotedTable(table)}` +
    `${where(table, range)} ORDER BY ${keyColumns(table)}`
  )
}

/** The key of the row with which a part of `rows` rows ends; no row when fewer are left. Each value is a SQL literal. */
export function boundarySql(table: TableShape, from: readonly string[] | null, rows: number): string {
  const literals = table.key.map((column, index) => `${literalSql(column)} AS k${index}`)
  return (
    `SELECT ${literals.join(', ')} FROM ${quotedTable(table)}${where(table, { from, to: null })} ` +
    `ORDER BY ${keyColumns(table)} LIMIT 1 OFFSET ${rows - 1}`
  )
}

/** Texts as bytes: neither a collation nor the connection's character set has a say. */
function rowChecksum({ columns }: TableShape): string {
  const values = columns.map((column) => {
    const name = quoted(column.name)
    if (isNumber(column)) return `COALESCE(${name}, 'N')`
    return `COALESCE(CRC32(${isText(column) ? `CAST(${name} AS BINARY)` : name}), 'N')`
  })
  return `CRC32(CONCAT_WS(',', ${values.join(', ')}))`
}

function where({ key }: TableShape, { from, to }: KeyRange): string {
  const conditions = [
    ...(from === null ? [] : [beyond(key, from)]),
    ...(to === null ? [] : [`NOT (${beyond(key, to)})`]),
  ]
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
}

/** Spelled out: servers do not use an index for the comparison of whole rows. */
function beyond(key: readonly ColumnShape[], values: readonly string[]): string {
  return key
    .map((column, index) => {
      const equal = key.slice(0, index).map((each, at) => `${quoted(each.name)} = ${values[at]}`)
      return `(${[...equal, `${quoted(column.name)} > ${values[index]}`].join(' AND ')})`
    })
    .join(' OR ')
}

/** An expression whose value is the literal of a key column's value. */
function literalSql(column: ColumnShape): string {
  const name = quoted(column.name)
  if (isNumber(column)) return `CAST(${name} AS CHAR)`
  const hex = `CONCAT('x''', HEX(${name}), '''')`
  if (column.charset !== null) return `CONCAT('_${column.charset} ', ${hex})`
  if (isBinary(column)) return hex
  return `QUOTE(${name})`
}

/** For people; binary keys as hexadecimal digits. */
function keyText({ key }: TableShape): string {
  const parts = key.map((column) => (isBinary(column) ? `HEX(${quoted(column.name)})` : quoted(column.name)))
  return `CONCAT_WS(', ', ${parts.join(', ')})`
}

const numbers: ReadonlySet<string> = new Set([
  ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'year'],
])
const binaries: ReadonlySet<string> = new Set([
  ...['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'bit'],
])

const isNumber = ({ type }: ColumnShape) => numbers.has(type)
const isBinary = ({ type }: ColumnShape) => binaries.has(type)
const isText = ({ charset }: ColumnShape) => charset !== null

function keyColumns({ key }: TableShape): string {
  return key.map(({ name }) => quoted(name)).join(', ')
}

function quotedTable({ name }: TableShape): string {
  const dot = name.indexOf('.')
  return `${quoted(name.slice(0, dot))}.${quoted(name.slice(dot + 1))}`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
