import { assert } from '../kit/assert.js'

/**
 * Many short texts as UTF-8, made for being copied eight bytes at a time: `index[i]` is 256 times the first word of
 * entry `i`, plus its length in bytes. Entries are filled up with zeros. A word is a float64 only because that is what a DataView stores
 * at once; no UTF-8 text has the bytes of a NaN, so none is ever changed on the way.
 */
export interface ByteTable {
  readonly words: Float64Array
  readonly index: Uint32Array
}

const wordBytes = 8

export function byteTable(texts: readonly string[]): ByteTable {
  const encoded = texts.map((text) => Buffer.from(text, 'utf8'))
  const index = new Uint32Array(texts.length)
  let words = 0
  encoded.forEach(({ length }, entry) => {
    assert(length <= 255, `a text of ${length} bytes`)
    index[entry] = words * 256 + length
    words += Math.max(1, Math.ceil(length / wordBytes))
  })
  const bytes = new Uint8Array(words * wordBytes)
  encoded.forEach((text, entry) => {
    bytes.set(text, ((index[entry] as number) >>> 8) * wordBytes)
  })
  // Read as little-endian, and written so: the same bytes on every machine.
  const view = new DataView(bytes.buffer)
  return {
    words: Float64Array.from({ length: words }, (_, word) => view.getFloat64(word * wordBytes, true)),
    index,
  }
}
