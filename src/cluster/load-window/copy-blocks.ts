import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { openPastCache } from '../../sys/direct-io.js'
import { checksumOf, runsOfData } from './block-checksums.js'

export interface BlockCopy {
  readonly from: string
  readonly bytes: number
  readonly to: readonly string[]
  /** The places are files of the same size, full of zeros: only what is something else is written. */
  readonly reserved: boolean
}

/**
 * Copies one file to several places, each block of it to all of them before the next one. `block`: a page buffer that is
 * used for it. Returns the checksum of each block as it was read. What a crash leaves of it is not said: whoever needs it
 * must sync the places.
 */
export async function copyBlocks(
  { from, bytes: size, to, reserved }: BlockCopy,
  block: Buffer,
): Promise<readonly number[]> {
  const checksums: number[] = []
  const source = await openPastCache(from, constants.O_RDONLY, size)
  const places: FileHandle[] = []
  try {
    const mode = (await source.stat()).mode & 0o777
    for (const path of to)
      places.push(await (reserved ? openPastCache(path, constants.O_RDWR, size) : open(path, 'w', mode)))
    for (let at = 0; ; ) {
      const { bytesRead } = await source.read(block, 0, block.length, at)
      if (bytesRead === 0) break
      const bytes = block.subarray(0, bytesRead)
      checksums.push(checksumOf(bytes))
      for (const { start, end } of reserved ? runsOfData(bytes) : [{ start: 0, end: bytesRead }]) {
        const piece = bytes.subarray(start, end)
        const position = at + start
        await Promise.all(places.map((place) => writeWhole(place, piece, position)))
      }
      at += bytesRead
    }
    for (const place of places) await place.chmod(mode)
    return checksums
  } finally {
    await Promise.all([source, ...places].map((file) => file.close()))
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
