import { BatchBuilder } from './batch-builder.js'
import { fileNumber } from './binlog-file-name.js'
import type { BinlogListener } from './binlog-listener.js'
import type { DumpEnd } from './dump-end.js'
import {
  artificialFlag,
  BinlogDamage,
  checksumLength,
  endPositionOf,
  eventLengthMin,
  eventTypes,
  flagsOf,
  headerLength,
  readUint64,
  sizeOf,
  typeOf,
} from './event.js'
import { checksumIsRight, PiecewiseChecksum } from './event-checksum.js'
import { readFormatDescription } from './format-description.js'
import { type Place, TransactionBounds } from './transaction-bounds.js'

/**
 * Turns the packets of a binlog dump into batches. The socket writes into {@link free}; {@link received} looks at the bytes
 * where they are, moves those of the events together over the packet headers, and hands them out. Events of any size pass:
 * a large one in as many pieces as the socket brings, so that memory is this one buffer.
 *
 * Packet: u24 length, u8 sequence number; 0x00; with semi-sync 0xEF and a byte that is 1 when an acknowledgement is wanted;
 * the event. What is longer than 2^24-1 bytes goes on in further packets, which have a header only. Sequence numbers are not
 * looked at: servers restart them after each event for which they want an acknowledgement.
 */
export class DumpReader {
  readonly #window: Buffer
  readonly #batch: BatchBuilder
  readonly #bounds = new TransactionBounds()
  readonly #checksum = new PiecewiseChecksum()
  /** From `#position` to `#filled` nothing was looked at yet; what is to be handed out stands from 0 to `#output`. */
  #position = 0
  #filled = 0
  #output = 0
  /** The place in the leader's files behind the last event. */
  #file = ''
  #filePosition = 0
  /** Bytes of status and semi-sync header before an event; told by the first packet. */
  #prefixLength = 0
  #end: DumpEnd | null = null
  #stopped = false
  /** Of a large event: how much is still to come, of it and of its current packet. */
  #eventRest = 0
  #packetRest = 0
  #packetIsFull = false
  #largePlace: Place = 'outside'
  #largeAckRequested = 0

  constructor(
    private readonly listener: Pick<BinlogListener, 'onFormat' | 'onBatch' | 'onCaughtUp'>,
    windowBytes: number = windowBytesDefault,
  ) {
    this.#window = Buffer.allocUnsafeSlow(windowBytes)
    this.#batch = new BatchBuilder(windowBytes)
  }

  /** Set once the packets have ended; nothing is read after it. */
  get end(): DumpEnd | null {
    return this.#end
  }

  /** Where the next bytes are to be put. Never empty. */
  get free(): Buffer {
    return this.#window.subarray(this.#filled)
  }

  /** `length` bytes were put into {@link free}; a new one is to be asked for. */
  received(length: number): void {
    this.#filled += length
    this.parse()
    if (this.#position === 0) return
    this.#window.copyWithin(0, this.#position, this.#filled)
    this.#filled -= this.#position
    this.#position = 0
  }

  /** As {@link received}, but only notes the bytes. */
  hold(length: number): void {
    this.#filled += length
  }

  /**
   * What the dump begins with, null until it is there. Its first event, an artificial ROTATE, begins with a time of 0, so the
   * semi-sync header cannot be mistaken for it.
   */
  get firstPacket(): 'semi-sync' | 'plain' | 'end' | null {
    if (this.#filled < packetHeaderLength + 2) return null
    if (this.#window[packetHeaderLength] === 0)
      return this.#window[packetHeaderLength + 1] === semiSyncMagic ? 'semi-sync' : 'plain'
    return this.#filled < packetHeaderLength + this.#window.readUIntLE(0, 3) ? null : 'end'
  }

  /** Nothing is handed out any more, not even from within a call. */
  stop(): void {
    this.#stopped = true
  }

  /** Looks at what is there. */
  parse(): void {
    if (this.#prefixLength === 0) {
      const first = this.firstPacket
      if (first === null) return
      this.#prefixLength = first === 'semi-sync' ? 3 : 1
    }
    this.#output = 0
    try {
      while (this.#end === null && !this.#stopped && this.#step());
    } catch (error) {
      if (!(error instanceof BinlogDamage)) throw error
      this.#end = { kind: 'damaged', message: `${this.#file} at ${this.#filePosition}: ${error.message}` }
    }
    this.#handOut()
  }

  /** False when there is not enough at hand to go on. */
  #step(): boolean {
    if (this.#eventRest > 0) return this.#passPiece()
    const at = this.#filled - this.#position
    if (at < packetHeaderLength) return false
    const length = this.#window.readUIntLE(this.#position, 3)
    if (this.#packetIsFull && length === 0) {
      // A packet of full length is followed by another one, even when the event is over.
      this.#packetIsFull = false
      this.#position += packetHeaderLength
      return true
    }
    const whole = packetHeaderLength + length
    if (at < (length <= wholePacketBytesMax ? whole : largeEventHeadBytes)) return false
    if (length === 0) throw new BinlogDamage('an empty packet')
    if (this.#window[this.#position + packetHeaderLength] !== 0) return this.#endBy(length)
    const start = this.#position + packetHeaderLength + this.#prefixLength
    const packetEnd = this.#position + whole
    if (packetEnd - start < eventLengthMin) throw new BinlogDamage('a packet is too short for an event')
    if (length <= wholePacketBytesMax) this.#takeEvent(start, packetEnd)
    else this.#beginLargeEvent(start, length)
    return true
  }

  #takeEvent(start: number, end: number): void {
    if (sizeOf(this.#window, start) !== end - start)
      throw new BinlogDamage('an event and its packet differ in length')
    if (!checksumIsRight(this.#window, start, end))
      throw new BinlogDamage('the checksum of the event is wrong')
    const place = this.#bounds.take(this.#window, start, end - checksumLength)
    // Read before the event is moved over it.
    const ackRequested = this.#window[start - 1] ?? 0
    this.#position = end
    if (place === 'outside') this.#housekeep(start, end)
    else {
      this.#advance(start)
      this.#putOut(start, end)
    }
    if (place === 'last') this.#endTransaction(ackRequested)
  }

  #beginLargeEvent(start: number, packetLength: number): void {
    const size = sizeOf(this.#window, start)
    const end = Math.min(this.#filled, start + size - checksumLength)
    this.#largePlace = this.#bounds.take(this.#window, start, end)
    this.#largeAckRequested = this.#window[start - 1] ?? 0
    if (this.#largePlace !== 'outside') this.#advance(start)
    this.#checksum.begin(size)
    this.#eventRest = size
    this.#packetRest = packetLength - this.#prefixLength
    this.#packetIsFull = packetLength === packetLengthMax
    this.#position = start
  }

  #passPiece(): boolean {
    if (this.#packetRest === 0) return this.#nextPacketOfEvent()
    const length = Math.min(this.#eventRest, this.#packetRest, this.#filled - this.#position)
    if (length === 0) return false
    const start = this.#position
    this.#checksum.add(this.#window, start, start + length)
    if (this.#largePlace !== 'outside') this.#putOut(start, start + length)
    this.#position += length
    this.#eventRest -= length
    this.#packetRest -= length
    if (this.#eventRest > 0) return true
    if (this.#packetRest !== 0) throw new BinlogDamage('an event and its packets differ in length')
    if (!this.#checksum.isRight) throw new BinlogDamage('the checksum of the event is wrong')
    if (this.#largePlace === 'last') this.#endTransaction(this.#largeAckRequested)
    return true
  }

  #nextPacketOfEvent(): boolean {
    if (this.#filled - this.#position < packetHeaderLength) return false
    const length = this.#window.readUIntLE(this.#position, 3)
    if (!this.#packetIsFull || length === 0)
      throw new BinlogDamage('an event and its packets differ in length')
    this.#packetRest = length
    this.#packetIsFull = length === packetLengthMax
    this.#position += packetHeaderLength
    return true
  }

  #putOut(start: number, end: number): void {
    if (start !== this.#output) this.#window.copyWithin(this.#output, start, end)
    this.#output += end - start
  }

  #endTransaction(ackRequested: number): void {
    const wanted = this.#prefixLength === 3 ? ackRequested & 1 : 0
    this.#batch.addEnd(this.#bounds, this.#output, this.#filePosition, wanted)
  }

  /**
   * Headers have the low 32 bits of a position only, and none at all in some events of newer servers; a file can be larger by
   * one transaction of any size.
   */
  #advance(start: number): void {
    const low = endPositionOf(this.#window, start)
    if (low === 0) {
      this.#filePosition += sizeOf(this.#window, start)
      return
    }
    const wrapped = this.#filePosition % wrap
    this.#filePosition += low - wrapped + (low < wrapped ? wrap : 0)
  }

  #housekeep(start: number, end: number): void {
    const type = typeOf(this.#window, start)
    if (type === eventTypes.rotate) this.#beginFile(start, end)
    else if (type === eventTypes.heartbeat) this.#catchUp(start, end)
    else if (type === eventTypes.formatDescription) {
      this.#handOut()
      if (!this.#stopped) this.listener.onFormat(readFormatDescription(this.#window, start, end))
    }
    if (standsInFile(this.#window, start, type)) this.#advance(start)
  }

  /**
   * HEARTBEAT: the position in the header, the name of the file in the body. A position that does not fit is 0 there, and
   * stands with 64 bits before the name (MariaDB), or has lost its high bits (MySQL).
   */
  #catchUp(start: number, end: number): void {
    const low = endPositionOf(this.#window, start)
    const nameStart = start + headerLength + (low === 0 ? 8 : 0)
    const file = this.#window.toString('latin1', nameStart, end - checksumLength)
    let position = low === 0 ? readUint64(this.#window, start + headerLength) : low
    while (file === this.#file && position < this.#filePosition) position += wrap
    this.#handOut()
    if (!this.#stopped) this.listener.onCaughtUp?.(file, position)
  }

  /** ROTATE: u64 position, then the name of the next file. */
  #beginFile(start: number, end: number): void {
    const file = this.#window.toString('latin1', start + headerLength + 8, end - checksumLength)
    if (fileNumber(file) < fileNumber(this.#file))
      throw new BinlogDamage(`the leader goes back to its file ${file}`)
    this.#handOut()
    this.#file = file
    this.#filePosition = readUint64(this.#window, start + headerLength)
  }

  #handOut(): void {
    if (this.#output === 0) return
    this.#batch.bytes = this.#window.subarray(0, this.#output)
    this.#batch.file = this.#file
    this.listener.onBatch(this.#batch)
    this.#batch.count = 0
    this.#output = 0
  }

  /** ERR packet: 0xFF, u16 number, '#' and five characters of state, the text. EOF packet: 0xFE and less than 9 bytes. */
  #endBy(length: number): boolean {
    const start = this.#position + packetHeaderLength
    if (this.#window[start] === 0xfe && length < 9) this.#end = { kind: 'eof' }
    else if (this.#window[start] === 0xff && length >= 3) {
      const text = this.#window.toString('utf8', start + 3, start + length)
      const message = text.replace(/^#.{5}/, '')
      this.#end = { kind: 'error', errno: this.#window.readUInt16LE(start + 1), message }
    } else throw new BinlogDamage(`a packet of an unknown kind: ${this.#window[start]}`)
    return false
  }
}

/** What the server makes up for a reader has no position of its own; nor has what leads over to the next file. */
function standsInFile(bytes: Buffer, start: number, type: number): boolean {
  if (type === eventTypes.rotate || type === eventTypes.heartbeat || type === eventTypes.heartbeatV2)
    return false
  return (flagsOf(bytes, start) & artificialFlag) === 0 && endPositionOf(bytes, start) !== 0
}

/** Two thirds of a read are left even when the largest packet that is taken as a whole waits for its end. */
const windowBytesDefault = 512 * 1024
const wholePacketBytesMax = 160 * 1024

/** What must be at hand of a large event to see what it is. */
const largeEventHeadBytes = 128 * 1024

const packetHeaderLength = 4
const packetLengthMax = 0xff_ff_ff
const semiSyncMagic = 0xef
const wrap = 0x1_0000_0000
