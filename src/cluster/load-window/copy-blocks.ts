import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { openPastCache } from '../../sys/direct-io.js'

/** So many zeros at a time are not written where they are already. */
const zeros = Buffer.alloc(64 * 1024)

export interface BlockCopy {
  readonly from: string
  readonly bytes: number
  readonly to: readonly string[]
  /** The places are files of the same size, full of zeros: only what is something else is written. */
  readonly reserved: boolean
}

/**
 * Copies one file to several places, each block of it to all of them before the next one. `block`: a page buffer that is
 * used for it. What a crash leaves of it is not said: whoever needs it must sync the places.
 */
export async function copyBlocks(
  { from, bytes: size, to, reserved }: BlockCopy,
  block: Buffer,
): Promise<void> {
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
      for (const { start, end } of reserved ? runsOfData(bytes) : [{ start: 0, end: bytesRead }]) {
        const piece = bytes.subarray(start, end)
        const position = at + start
        await Promise.all(places.map((place) => writeWhole(place, piece, position)))
      }
      at += bytesRead
    }
    for (const place of places) await place.chmod(mode)
  } finally {
    await Promise.all([source, ...places].map((file) => file.close()))
  }
}

/** What lies between zeros: a table that grew has room in advance, more than it uses when it is small. */
function runsOfData(bytes: Buffer): { readonly start: number; readonly end: number }[] {
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

async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
