/** Integers of variable length, as the protocol of MySQL has them. */
export interface LengthEncoded {
  readonly value: number
  readonly next: number
}

/** Values of nine bytes are exact up to 2^53. NULL (0xfb) reads as 0. */
export function readLengthEncoded(bytes: Buffer, at: number): LengthEncoded {
  const first = bytes[at] as number
  if (first < 0xfb) return { value: first, next: at + 1 }
  if (first === 0xfc) return { value: bytes.readUInt16LE(at + 1), next: at + 3 }
  if (first === 0xfd) return { value: bytes.readUIntLE(at + 1, 3), next: at + 4 }
  if (first === 0xfe)
    return { value: bytes.readUInt32LE(at + 1) + bytes.readUInt32LE(at + 5) * 0x1_0000_0000, next: at + 9 }
  return { value: 0, next: at + 1 }
}
