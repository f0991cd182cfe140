/**
 * CRC-32 as zlib, PNG and the SQL function `CRC32()` compute it, over a part of a buffer. `zlib.crc32` would need an
 * object per row for the part; this needs none.
 */
export function crc32(buffer: Uint8Array, from: number, to: number): number {
  let crc = ~0
  let at = from
  for (; at + 4 <= to; at += 4) {
    crc ^=
      (buffer[at] as number) |
      ((buffer[at + 1] as number) << 8) |
      ((buffer[at + 2] as number) << 16) |
      ((buffer[at + 3] as number) << 24)
    crc =
      (table[768 + (crc & 0xff)] as number) ^
      (table[512 + ((crc >>> 8) & 0xff)] as number) ^
      (table[256 + ((crc >>> 16) & 0xff)] as number) ^
      (table[crc >>> 24] as number)
  }
  for (; at < to; at++) crc = (table[(crc ^ (buffer[at] as number)) & 0xff] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}

/** Four tables of 256: entry `256 k + b` is the effect of byte `b` followed by `k` zero bytes. */
const table = slicingTable()

function slicingTable(): Int32Array {
  const entries = new Int32Array(4 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    entries[byte] = crc
  }
  for (let index = 256; index < entries.length; index++) {
    const shorter = entries[index - 256] as number
    entries[index] = (shorter >>> 8) ^ (entries[shorter & 0xff] as number)
  }
  return entries
}
