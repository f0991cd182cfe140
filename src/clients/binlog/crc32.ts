import { crc32 as nativeCrc32 } from 'node:zlib'

/**
 * CRC-32 (ISO 3309, as in zlib) of `bytes` from `start` to `end`; `seed` is the checksum of what came before them.
 * Positional because it runs for every event of the stream.
 */
export function crc32(bytes: Uint8Array, start: number, end: number, seed = 0): number {
  if (end - start >= nativeFrom) return nativeCrc32(bytes.subarray(start, end), seed)
  let rest = ~seed
  for (let index = start; index < end; index++)
    rest = (rest >>> 8) ^ (table[(rest ^ (bytes[index] ?? 0)) & 0xff] ?? 0)
  return ~rest >>> 0
}

/** Most events are so short that the call into the library costs more than the sum itself. */
const nativeFrom = 64

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest
})
