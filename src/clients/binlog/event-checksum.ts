import { crc32 } from './crc32.js'
import { checksumLength } from './event.js'

/** Whether the event from `start` to `end`, checksum included, is what was written. */
export function checksumIsRight(bytes: Buffer, start: number, end: number): boolean {
  return crc32(bytes, start, end - checksumLength) === bytes.readUInt32LE(end - checksumLength)
}

/** The same for an event that comes in pieces because it is too large to be held at once. */
export class PiecewiseChecksum {
  #sum = 0
  #toSum = 0
  #stated = 0
  #statedBytes = 0

  begin(eventLength: number): void {
    this.#sum = 0
    this.#toSum = eventLength - checksumLength
    this.#stated = 0
    this.#statedBytes = 0
  }

  add(bytes: Buffer, start: number, end: number): void {
    const summed = Math.min(end - start, this.#toSum)
    if (summed > 0) this.#sum = crc32(bytes, start, start + summed, this.#sum)
    this.#toSum -= summed
    // The checksum itself may be cut in two as well.
    for (let index = start + summed; index < end; index++)
      this.#stated += (bytes[index] ?? 0) * 2 ** (8 * this.#statedBytes++)
  }

  get isRight(): boolean {
    return this.#sum === this.#stated
  }
}
