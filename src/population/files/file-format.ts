import { columnType } from './columns.js'

export const fileFormats = ['tsv', 'csv', 'jsonl'] as const
export type FileFormat = (typeof fileFormats)[number]

/** Turns lines as the generator writes them (tab-separated, `\N` for NULL) into those of a file. */
export type LineConverter = (lines: Buffer) => Buffer

/** A file begins with this; null: with its first row. */
export function headerOf(format: FileFormat, fields: readonly string[]): string | null {
  if (format === 'jsonl') return null
  return `${fields.join(format === 'csv' ? ',' : '\t')}\n`
}

export function converterOf(format: FileFormat, fields: readonly string[]): LineConverter {
  if (format === 'tsv') return (lines) => Buffer.from(lines)
  return format === 'csv' ? csvLines : jsonLines(fields)
}

const tab = 0x09
const newline = 0x0a
const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const capitalN = 0x4e

/** After RFC 4180, with LF; NULL is an empty field, an empty text is `""`. */
function csvLines(lines: Buffer): Buffer {
  const out = new Output(lines.length * 2 + 16)
  eachField(lines, ({ from, to, end }) => {
    if (!isNull(lines, from, to)) {
      const plain = to > from && !includes(lines, comma, from, to) && !includes(lines, quote, from, to)
      if (plain) out.copy(lines, from, to)
      else out.quoted(lines, from, to, quote)
    }
    out.byte(end ? newline : comma)
  })
  return out.bytes()
}

/** One object per line. Whole numbers as numbers: all of them are below 2^53. */
function jsonLines(fields: readonly string[]): LineConverter {
  const names = fields.map((field, index) =>
    Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(field)}:`, 'utf8'),
  )
  const isNumber = fields.map((field) => columnType(field) === 'integer')
  const namesBytes = names.reduce((sum, name) => sum + name.length, 0)
  return (lines) => {
    const rows = countOf(lines, newline)
    const out = new Output(
      lines.length * 2 + rows * (namesBytes + 2 * fields.length + 2) + rows * 4 * fields.length,
    )
    eachField(lines, ({ from, to, index, end }) => {
      out.copy(names[index] as Buffer, 0, (names[index] as Buffer).length)
      if (isNull(lines, from, to)) out.copy(nullText, 0, nullText.length)
      else if (isNumber[index]) out.copy(lines, from, to)
      else out.quoted(lines, from, to, backslash)
      if (end) out.copy(rowEnd, 0, rowEnd.length)
    })
    return out.bytes()
  }
}

const nullText = Buffer.from('null', 'latin1')
const rowEnd = Buffer.from('}\n', 'latin1')

interface FieldPlace {
  readonly from: number
  readonly to: number
  readonly index: number
  /** The last one of its row. */
  readonly end: boolean
}

function eachField(lines: Buffer, visit: (place: FieldPlace) => void): void {
  let from = 0
  let index = 0
  for (let at = 0; at < lines.length; at++) {
    const byte = lines[at]
    if (byte !== tab && byte !== newline) continue
    const end = byte === newline
    visit({ from, to: at, index, end })
    from = at + 1
    index = end ? 0 : index + 1
  }
}

function isNull(lines: Buffer, from: number, to: number): boolean {
  return to - from === 2 && lines[from] === backslash && lines[from + 1] === capitalN
}

function includes(lines: Buffer, wanted: number, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (lines[at] === wanted) return true
  return false
}

function countOf(lines: Buffer, wanted: number): number {
  let count = 0
  for (const byte of lines) if (byte === wanted) count++
  return count
}

/** A buffer that is filled from its beginning. */
class Output {
  readonly #buffer: Buffer
  #length = 0

  constructor(capacityBytes: number) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes)
  }

  byte(code: number): void {
    this.#buffer[this.#length++] = code
  }

  copy(from: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at++) this.#buffer[this.#length++] = from[at] as number
  }

  /** In quotation marks; `guard` stands before each one inside. */
  quoted(from: Buffer, start: number, end: number, guard: number): void {
    this.byte(quote)
    for (let at = start; at < end; at++) {
      if (from[at] === quote || (guard === backslash && from[at] === backslash)) this.byte(guard)
      this.byte(from[at] as number)
    }
    this.byte(quote)
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }
}
