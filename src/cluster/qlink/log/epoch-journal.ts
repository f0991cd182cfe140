import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { EpochRecord, NodeAddress, QlinkPhase } from '../../../model/qlink.js'
import { readTextFile } from '../../../sys/files.js'
import type { Disk, DiskFile } from './disk.js'
import type { LogDamage } from './log-damaged.js'
import { logDamaged } from './log-damaged.js'

export function journalFileOf(dataDir: string): string {
  return join(dataDir, 'epochs.jsonl')
}

/** What the journal says is in force. */
export interface JournalState {
  readonly term: number
  readonly epoch: number
  readonly phase: QlinkPhase
  readonly leader: NodeAddress | null
}

/** `epochs.jsonl` as it was read; `wholeBytes` end before a last line that a crash tore, which never had effect. */
export interface JournalContent {
  readonly records: readonly EpochRecord[]
  readonly wholeBytes: number
  readonly damage: LogDamage | null
}

/** An empty journal when there is no file. Changes nothing. */
export async function readEpochJournal(dataDir: string): Promise<JournalContent> {
  const file = journalFileOf(dataDir)
  const text = (await readTextFile(file)) ?? ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const records: EpochRecord[] = []
  let offset = 0
  for (const line of whole.split('\n').slice(0, -1)) {
    const record = recordOf(line)
    if (record === null) {
      const reason = `line ${records.length + 1} of the epoch journal does not have its checksum`
      return { records, wholeBytes: offset, damage: { file, offset, reason } }
    }
    records.push(record)
    offset += Buffer.byteLength(line) + 1
  }
  return { records, wholeBytes: offset, damage: null }
}

export function journalStateOf(records: readonly EpochRecord[]): JournalState {
  let state: JournalState = { term: 0, epoch: 0, phase: 'idle', leader: null }
  for (const record of records) {
    if (record.kind === 'term') state = { ...state, term: record.term }
    else if (record.kind === 'open')
      state = { ...state, epoch: record.epoch, phase: 'open', leader: record.leader }
    else state = { ...state, phase: 'sealed' }
  }
  return state
}

/**
 * The epochs and terms of qlink, one line each with its CRC32. A record is on the disk, file and folder, before `append`
 * resolves.
 */
export class EpochJournal {
  readonly #path: string
  #records: EpochRecord[]
  #file: DiskFile | null = null
  #bytes: number

  private constructor(
    private readonly disk: Disk,
    dataDir: string,
    content: JournalContent,
  ) {
    this.#path = journalFileOf(dataDir)
    this.#records = [...content.records]
    this.#bytes = content.wholeBytes
  }

  /** Writes nothing: a torn last line goes with the first append. Throws QLINK_LOG_DAMAGED, and the system's errors. */
  static async open(disk: Disk, dataDir: string): Promise<EpochJournal> {
    const content = await readEpochJournal(dataDir)
    if (content.damage) throw logDamaged(content.damage)
    return new EpochJournal(disk, dataDir, content)
  }

  get records(): readonly EpochRecord[] {
    return this.#records
  }

  /** Rejects with the system's error; the record is then not in force, and nothing of it remains after a later append. */
  async append(record: EpochRecord): Promise<void> {
    const line = Buffer.from(lineOf(record), 'utf8')
    const file = this.#file ?? (await this.#rewrite())
    // Until the line is known to be on the disk the file is not trusted: after an error the next append makes a new one.
    this.#file = null
    try {
      await file.write(line, this.#bytes)
      await file.sync()
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
    this.#file = file
    this.#bytes += line.length
    this.#records.push(record)
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = null
  }

  /** All records into a new file in the place of the old one: other blocks than those that may have failed. */
  async #rewrite(): Promise<DiskFile> {
    const fresh = `${this.#path}.new`
    await this.disk.remove(fresh)
    const file = await this.disk.make(fresh)
    try {
      const bytes = Buffer.from(this.#records.map(lineOf).join(''), 'utf8')
      if (bytes.length > 0) await file.write(bytes, 0)
      await file.sync()
      await this.disk.rename(fresh, this.#path)
      await this.disk.syncDir(dirname(this.#path))
      this.#bytes = bytes.length
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
    this.#file = file
    return file
  }
}

function lineOf(record: EpochRecord): string {
  return `${JSON.stringify({ crc: checksumOf(record), record })}\n`
}

function recordOf(line: string): EpochRecord | null {
  try {
    const { crc, record } = JSON.parse(line) as { readonly crc: unknown; readonly record: EpochRecord }
    return crc === checksumOf(record) ? record : null
  } catch {
    return null
  }
}

function checksumOf(record: EpochRecord): string {
  return crc32(JSON.stringify(record)).toString(16).padStart(8, '0')
}
