import { crc32 } from './crc32.js'
import { BinlogDamage, checksumLength, eventTypes, headerLength, inUseFlag, magic, typeOf } from './event.js'

/** The event with which every binlog file begins; it says how the others are to be read. */
export interface BinlogFormat {
  /** In the form in which it stands in a file right behind the magic bytes. */
  readonly event: Buffer
  readonly serverVersion: string
}

/**
 * Copies and checks a FORMAT_DESCRIPTION event: u16 binlog version, 50 bytes server version, u32 creation time, u8 header
 * length, post-header lengths, u8 checksum algorithm, checksum. A server that sends the event to a reader changes its
 * position; here it gets the one that it has in a file. Throws {@link BinlogDamage}, also for a format without CRC-32.
 */
export function readFormatDescription(bytes: Buffer, start: number, end: number): BinlogFormat {
  const event = Buffer.from(bytes.subarray(start, end))
  if (typeOf(event, 0) !== eventTypes.formatDescription || event.length < lengthMin)
    throw new BinlogDamage('there is no format description where one must be')
  if (event[headerLength + 2 + versionLength + 4] !== headerLength)
    throw new BinlogDamage('its events have headers of another length than 19 bytes')
  if (event[event.length - checksumLength - 1] !== crc32Algorithm)
    throw new BinlogDamage('its events have no CRC32 checksums (binlog_checksum)')
  event.writeUInt16LE(event.readUInt16LE(flagsOffset) & ~inUseFlag, flagsOffset)
  const checksumOffset = event.length - checksumLength
  if (crc32(event, 0, checksumOffset) !== event.readUInt32LE(checksumOffset))
    throw new BinlogDamage('the checksum of the format description is wrong')
  event.writeUInt32LE(magic.length + event.length, positionOffset)
  event.writeUInt32LE(crc32(event, 0, checksumOffset), checksumOffset)
  const version = event.toString('latin1', headerLength + 2, headerLength + 2 + versionLength)
  return Object.freeze({ event, serverVersion: version.replace(/\0.*$/s, '') })
}

const versionLength = 50
const positionOffset = 13
const flagsOffset = 17
const crc32Algorithm = 1
const lengthMin = headerLength + 2 + versionLength + 4 + 1 + 1 + checksumLength
