import type { SqlConnection } from '../clients/mysql/connection.js'
import { legalEntity } from '../model/legal-entity.js'
import { entityOfKey } from './chunk-keys.js'
import { crc32 } from './crc32.js'
import type { PopulationGenerator } from './generator.js'
import { rowChecksumsSql, type VerifiedTable } from './row-sql.js'
import { TsvWriter } from './tsv-writer.js'

/** A row that is not what the generator makes of it. */
export interface RowDifference {
  readonly table: VerifiedTable['name']
  readonly subTable: number
  readonly entity: string
  /** Customer or account number, the rest of the primary key. */
  readonly id: string
  readonly kind: 'changed' | 'missing' | 'extra'
}

export interface DifferingPart {
  readonly table: VerifiedTable
  readonly subTable: number
  readonly entity: number
  readonly customers: number
}

/** Of one legal entity in one sub-table; a reader needs a few, not all. */
const differencesMax = 10

const chunkCustomers = 25_000

/** Finds the differing rows of one legal entity in one sub-table, up to ten, by comparing row by row. */
export async function locateDifferences(
  connection: SqlConnection,
  generator: PopulationGenerator,
  part: DifferingPart,
): Promise<RowDifference[]> {
  const { table, subTable } = part
  const entity = legalEntity(part.entity)
  const expected = expectedChecksums(generator, part)
  const differences: RowDifference[] = []
  const add = (id: string, kind: RowDifference['kind']) =>
    differences.push({ table: table.name, subTable, entity, id, kind })
  const rows = await connection.query<{ id: number | string; crc: number }>(
    rowChecksumsSql(table, subTable, entity),
  )
  for (const { id, crc } of rows) {
    const wanted = expected.get(`${id}`)
    if (wanted === undefined) add(`${id}`, 'extra')
    else if (wanted !== Number(crc)) add(`${id}`, 'changed')
    expected.delete(`${id}`)
  }
  for (const id of expected.keys()) add(id, 'missing')
  return differences.slice(0, differencesMax)
}

/** Checksum of each row by its number. */
function expectedChecksums(generator: PopulationGenerator, part: DifferingPart): Map<string, number> {
  const checksums = new Map<string, number>()
  const writer = new TsvWriter(1024 * 1024)
  const collect = () => {
    addChecksums(writer.written(), checksums)
    writer.clear()
  }
  for (let first = 0; first < part.customers; first += chunkCustomers) {
    const keys = generator.keysOf({ first, count: Math.min(chunkCustomers, part.customers - first) })
    const from = keys.starts[part.subTable] as number
    const ofEntity = keys.keys
      .subarray(from, keys.starts[part.subTable + 1])
      .filter((key) => entityOfKey(key) === part.entity)
    const only = { ...keys, keys: ofEntity, starts: Uint32Array.of(0, ofEntity.length) }
    generator.write(part.table.table, only, 0, writer, collect)
    collect()
  }
  return checksums
}

function addChecksums(lines: Buffer, checksums: Map<string, number>): void {
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(0x0a, start)
    const [, id = ''] = lines.toString('utf8', start, end).split('\t', 2)
    checksums.set(id, crc32(lines, start, end))
    start = end + 1
  }
}
