import { BinlogDamage, headerLength } from './event.js'

/**
 * Where the parts of a QUERY event are: u32 thread id, u32 seconds taken, u8 length of the database's name, u16 error, u16
 * length of the status variables; the variables; the name and a zero; the statement, to the end.
 */
export interface QueryParts {
  readonly statusStart: number
  readonly databaseStart: number
  readonly statementStart: number
}

/** `end` is that of the statement, before the checksum. Throws BinlogDamage. */
export function queryPartsOf(bytes: Buffer, start: number, end: number): QueryParts {
  const statusStart = start + headerLength + fixedLength
  if (statusStart > end) throw new BinlogDamage('a QUERY event is too short')
  const databaseStart = statusStart + bytes.readUInt16LE(start + headerLength + 11)
  const statementStart = databaseStart + (bytes[start + headerLength + 8] ?? 0) + 1
  if (statementStart > end) throw new BinlogDamage('a QUERY event is shorter than its parts')
  return { statusStart, databaseStart, statementStart }
}

const fixedLength = 13
