import { open } from 'node:fs/promises'
import { cancelled } from '../../kit/errors.js'
import { BinlogDamage, eventLengthMin, headerLength, magic, sizeOf } from './event.js'
import { checksumIsRight } from './event-checksum.js'
import { type BinlogFormat, readFormatDescription } from './format-description.js'
import { fileReader } from './sequential-reader.js'

/** Whole transactions in a binlog file; the format is described at the file's head. */
export interface BinlogSlice {
  readonly path: string
  /** Of the first transaction's GTID event. */
  readonly offset: number
  /** Behind the last transaction. */
  readonly end: number
}

/** One event; `bytes` are used again for the next one. */
export interface SliceEvent {
  readonly bytes: Buffer
  /** In the file. */
  readonly offset: number
}

/** What is to be known to read a file: opened once per slice. Throws what reading the file throws, and BinlogDamage. */
export async function readSliceFormat(path: string): Promise<BinlogFormat> {
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(formatBytesMax)
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    if (!head.subarray(0, magic.length).equals(magic))
      throw new BinlogDamage('it does not begin as a binlog file does')
    const end = magic.length + sizeOf(head, magic.length)
    if (end > bytesRead) throw new BinlogDamage('the file ends inside of its format description')
    return readFormatDescription(head, magic.length, end)
  } finally {
    await file.close()
  }
}

/**
 * The events of a slice, one after the other, each verified. Memory: a megabyte, or the largest event. Throws
 * BinlogDamage, CANCELLED, and what reading the file throws.
 */
export async function* eventsOfSlice(slice: BinlogSlice, signal?: AbortSignal): AsyncGenerator<SliceEvent> {
  const file = await open(slice.path, 'r')
  try {
    const reader = fileReader(file)
    let window = Buffer.allocUnsafeSlow(windowBytes)
    let base = slice.offset
    let position = 0
    let filled = 0
    const has = async (length: number): Promise<boolean> => {
      if (length > window.length) window = grown(window, length)
      while (filled - position < length) {
        if (signal?.aborted) throw cancelled()
        window.copyWithin(0, position, filled)
        base += position
        filled -= position
        position = 0
        const read = await reader.read(window, { to: filled, fileOffset: base + filled })
        if (read === 0) return false
        filled += read
      }
      return true
    }
    while (base + position < slice.end) {
      if (!(await has(headerLength))) throw new BinlogDamage('the file ends inside of an event header')
      const length = sizeOf(window, position)
      if (length < eventLengthMin) throw new BinlogDamage(`an event says that it is ${length} bytes long`)
      if (base + position + length > slice.end || !(await has(length)))
        throw new BinlogDamage('an event ends behind the last transaction that is to be read')
      if (!checksumIsRight(window, position, position + length))
        throw new BinlogDamage('the checksum of the event is wrong')
      yield { bytes: window.subarray(position, position + length), offset: base + position }
      position += length
    }
  } finally {
    await file.close()
  }
}

/** Of one huge event only; the memory is given back with the slice. */
function grown(window: Buffer, length: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(length)
  window.copy(larger)
  return larger
}

const windowBytes = 1024 * 1024
const formatBytesMax = 4096
