import { readLengthEncoded } from './length-encoded.js'

/** As much of a column as it takes to read its values in the binary protocol. */
export interface WireColumn {
  readonly type: number
  readonly unsigned: boolean
}

/** A column's value: exact integers as numbers, larger ones and decimals as texts. */
export type WireCell = number | string | null

/** From the payload of a column definition. */
export function readColumn(bytes: Buffer, from: number): WireColumn {
  let at = from
  // Catalogue, schema, table, original table, name, original name.
  for (let field = 0; field < 6; field++) {
    const { value, next } = readLengthEncoded(bytes, at)
    at = next + value
  }
  // The length of the rest (0x0c), character set, width.
  const type = bytes[at + 7] as number
  const flags = bytes.readUInt16LE(at + 8)
  return { type, unsigned: (flags & 0x20) !== 0 }
}

/** From the payload of a row of the binary protocol. Dates and times come as the hexadecimal of their bytes. */
export function readBinaryRow(bytes: Buffer, from: number, columns: readonly WireColumn[]): WireCell[] {
  let at = from + 1 + ((columns.length + 9) >> 3)
  return columns.map((column, index) => {
    const bit = index + 2
    const isNull = ((bytes[from + 1 + (bit >> 3)] as number) >> (bit & 7)) & 1
    if (isNull) return null
    const { cell, next } = readCell(bytes, at, column)
    at = next
    return cell
  })
}

function readCell(bytes: Buffer, at: number, { type, unsigned }: WireColumn) {
  switch (type) {
    case 1:
      return { cell: unsigned ? bytes.readUInt8(at) : bytes.readInt8(at), next: at + 1 }
    case 2:
    case 13:
      return { cell: unsigned ? bytes.readUInt16LE(at) : bytes.readInt16LE(at), next: at + 2 }
    case 3:
    case 9:
      return { cell: unsigned ? bytes.readUInt32LE(at) : bytes.readInt32LE(at), next: at + 4 }
    case 4:
      return { cell: bytes.readFloatLE(at), next: at + 4 }
    case 5:
      return { cell: bytes.readDoubleLE(at), next: at + 8 }
    case 8:
      return {
        cell: exact(unsigned ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at)),
        next: at + 8,
      }
    case 7:
    case 10:
    case 11:
    case 12: {
      const end = at + 1 + (bytes[at] as number)
      return { cell: bytes.toString('hex', at + 1, end), next: end }
    }
    default: {
      const { value, next } = readLengthEncoded(bytes, at)
      return { cell: bytes.toString('utf8', next, next + value), next: next + value }
    }
  }
}

function exact(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}
