import { crc32 } from './crc32.js'
import { checksumLength, headerLength, NotReplayable } from './event.js'

export interface BinlogStatementLimits {
  /** The server's max_allowed_packet. */
  readonly packetBytesMax: number
  /**
   * MariaDB puts two texts together from user variables. So a single event of one and a half times the packet fits; and the
   * annotation in the node's binlog is not the whole BINLOG statement again.
   */
  readonly fragments: boolean
}

/**
 * Makes BINLOG statements of row events. A BINLOG statement must hold the table maps of its rows, because the server closes
 * the tables at its end; and a statement of a client is limited in size. So the row events of one statement of the leader are
 * cut into several statements, each with all the table maps, and each ended: the last row event of each says that its statement
 * is over. The rows and their order are the same.
 */
export class RowsStatements {
  #maps: Buffer[] = []
  #rows: Buffer[] = []
  #rowsBytes = 0
  #statementIsOver = false

  constructor(private readonly limits: BinlogStatementLimits) {}

  /** The event is copied. */
  addTableMap(event: Buffer): void {
    if (this.#statementIsOver) this.#maps = []
    this.#statementIsOver = false
    this.#maps.push(Buffer.from(event))
  }

  /** The event is copied. Gives the statements that are due before it or with it. */
  addRows(event: Buffer): string[] {
    const due = this.#rows.length > 0 && this.#size + event.length > this.#chunkBytesMax ? this.take() : []
    this.#rows.push(Buffer.from(event))
    this.#rowsBytes += event.length
    if (!endsStatement(event)) return due
    due.push(...this.take())
    this.#statementIsOver = true
    return due
  }

  /** What is gathered, as statements. Throws NotReplayable for an event that no statement can hold. */
  take(): string[] {
    const last = this.#rows.at(-1)
    if (!last) return []
    endStatement(last)
    const events = Buffer.concat([...this.#maps, ...this.#rows])
    this.#rows = []
    this.#rowsBytes = 0
    return binlogStatements(events, this.limits)
  }

  get #size(): number {
    return this.#maps.reduce((bytes, map) => bytes + map.length, this.#rowsBytes)
  }

  get #chunkBytesMax(): number {
    return Math.min(chunkBytesWanted, rawBytesMax(this.limits.packetBytesMax))
  }
}

/** One or several raw events as BINLOG statements, to be executed one after the other. Throws NotReplayable. */
export function binlogStatements(events: Buffer, limits: BinlogStatementLimits): string[] {
  const fit = rawBytesMax(limits.packetBytesMax)
  if (events.length > fit * (limits.fragments ? 2 : 1)) throw tooLarge(events, limits)
  if (!limits.fragments) return [`BINLOG '${events.toString('base64')}'`]
  const assign = (name: string, from: number, to?: number) =>
    `@${name} = '${events.toString('base64', from, to)}'`
  const binlog = `BINLOG @${firstFragment}, @${secondFragment}`
  if (events.length <= fit)
    return [`SET ${assign(firstFragment, 0)}, ${assign(secondFragment, events.length)}`, binlog]
  // Whole groups of three bytes, so that the two texts can be put together.
  const middle = Math.ceil(events.length / 6) * 3
  return [`SET ${assign(firstFragment, 0, middle)}`, `SET ${assign(secondFragment, middle)}`, binlog]
}

function tooLarge(events: Buffer, { fragments }: BinlogStatementLimits): NotReplayable {
  const needed = Math.ceil((events.length * 4) / 3 / (fragments ? 2 : 1)) + statementFrameBytes
  return new NotReplayable(
    `row events of ${events.length} bytes need a max_allowed_packet of at least ${needed} bytes`,
  )
}

function endsStatement(rows: Buffer): boolean {
  return ((rows[rowsFlagsOffset] ?? 0) & statementEndFlag) !== 0
}

function endStatement(rows: Buffer): void {
  if (endsStatement(rows)) return
  rows[rowsFlagsOffset] = (rows[rowsFlagsOffset] ?? 0) | statementEndFlag
  const end = rows.length - checksumLength
  rows.writeUInt32LE(crc32(rows, 0, end), end)
}

function rawBytesMax(packetBytesMax: number): number {
  return Math.floor((packetBytesMax - statementFrameBytes) / 4) * 3
}

/** More would make the server's memory grow and the statements no cheaper. */
const chunkBytesWanted = 1024 * 1024

/** Command byte, the words around the text, and some. */
const statementFrameBytes = 128

const firstFragment = 'corelab_fragment_0'
const secondFragment = 'corelab_fragment_1'

/** u48 table id, u16 flags. */
const rowsFlagsOffset = headerLength + 6
const statementEndFlag = 0x1
