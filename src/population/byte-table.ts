/** Many short texts as UTF-8 in one block: entry `i` is `bytes[starts[i]] ... bytes[starts[i + 1] - 1]`. */
export interface ByteTable {
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
  readonly size: number
}

export function byteTable(texts: readonly string[]): ByteTable {
  const starts = new Uint32Array(texts.length + 1)
  const encoded = texts.map((text) => Buffer.from(text, 'utf8'))
  encoded.forEach((bytes, index) => {
    starts[index + 1] = (starts[index] ?? 0) + bytes.length
  })
  return { bytes: new Uint8Array(Buffer.concat(encoded)), starts, size: texts.length }
}
