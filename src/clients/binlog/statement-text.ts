import { NotReplayable } from './event.js'

/**
 * The text of a logged statement, from the character set in which its client wrote it. It is sent in UTF-8, and the server
 * converts its literals into the character set of the connection as it did then. Throws NotReplayable when the bytes are no
 * text of that character set, or that is one which is not known here.
 */
export function statementText(statement: Buffer, characterSet: string): string {
  if (characterSet === 'latin1' || characterSet === 'ascii') return latin1Text(statement)
  const label = labels[characterSet]
  if (label === undefined) throw new NotReplayable(`a statement in the character set ${characterSet}`)
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(statement)
  } catch {
    throw new NotReplayable(`a statement that is not valid ${characterSet}`)
  }
}

/** Names of the servers, and those of https://encoding.spec.whatwg.org for the same. */
const labels: Readonly<Record<string, string>> = Object.freeze({
  utf8mb4: 'utf-8',
  utf8mb3: 'utf-8',
  utf8: 'utf-8',
  gbk: 'gbk',
  gb2312: 'gbk',
  gb18030: 'gb18030',
  big5: 'big5',
  cp932: 'shift_jis',
  euckr: 'euc-kr',
})

/**
 * What the servers call latin1 is Windows-1252, with the five holes filled by control characters. Not by TextDecoder: that of
 * Node 20 takes Windows-1252 for ISO 8859-1 (https://github.com/nodejs/node/issues/56542).
 */
function latin1Text(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (letter) => windows1252[letter.charCodeAt(0) - 0x80] ?? letter)
}

/** 0x80 to 0x9f. */
const windows1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'
