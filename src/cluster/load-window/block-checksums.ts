import { crc32 } from 'node:zlib'

/** The checksum of each block of a file, by its path below the folder. */
export type BlockChecksums = Readonly<Record<string, readonly number[]>>

/** So many zeros at a time are not written where they are already. */
const zeros = Buffer.alloc(64 * 1024)

/** A piece of a block that is more than zeros; `end` is behind it. */
export interface DataRun {
  readonly start: number
  readonly end: number
}

/** What lies between zeros: a table that grew has room in advance, more than it uses when it is small. */
export function runsOfData(bytes: Buffer): readonly DataRun[] {
  const runs: { start: number; end: number }[] = []
  for (let start = 0; start < bytes.length; start += zeros.length) {
    const end = Math.min(bytes.length, start + zeros.length)
    if (bytes.subarray(start, end).equals(zeros.subarray(0, end - start))) continue
    const last = runs.at(-1)
    if (last?.end === start) last.end = end
    else runs.push({ start, end })
  }
  return runs
}

/** CRC-32 of a block: one changed byte anywhere changes it. */
export function checksumOf(block: Buffer): number {
  return isZero(block) ? crcOfZeros(block.length) : crc32(block)
}

function isZero(block: Buffer): boolean {
  for (let start = 0; start < block.length; start += zeros.length) {
    const end = Math.min(block.length, start + zeros.length)
    if (!block.subarray(start, end).equals(zeros.subarray(0, end - start))) return false
  }
  return true
}

const knownCrcs = new Map<number, number>()

/** Room in advance comes in full blocks, all of one length. */
function crcOfZeros(length: number): number {
  const known = knownCrcs.get(length)
  if (known !== undefined) return known
  const crc = crc32(Buffer.alloc(length))
  knownCrcs.set(length, crc)
  return crc
}
