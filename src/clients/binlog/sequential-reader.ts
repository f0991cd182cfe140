import type { FileHandle } from 'node:fs/promises'

/** Where the bytes of a binlog come from. */
export interface SequentialReader {
  /** Whether `fileOffset` may be another than where the last read ended. */
  readonly seekable: boolean
  /** Fills `window` from `to` on, as far as there is something at once; 0 at the end. */
  read(window: Buffer, place: { readonly to: number; readonly fileOffset: number }): Promise<number>
}

export function fileReader(file: FileHandle): SequentialReader {
  return {
    seekable: true,
    async read(window, { to, fileOffset }) {
      const { bytesRead } = await file.read(window, to, window.length - to, fileOffset)
      return bytesRead
    },
  }
}

export function chunkReader(chunks: AsyncIterable<Uint8Array>): SequentialReader {
  const iterator = chunks[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  return {
    seekable: false,
    async read(window, { to }) {
      while (rest.length === 0) {
        const next = await iterator.next()
        if (next.done) return 0
        rest = next.value
      }
      const taken = Math.min(rest.length, window.length - to)
      window.set(rest.subarray(0, taken), to)
      rest = rest.subarray(taken)
      return taken
    },
  }
}
