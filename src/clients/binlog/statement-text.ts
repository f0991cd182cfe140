import { NotReplayable } from './event.js'

/**
 * The text of a logged statement, from the character set in which its client wrote it. It is sent in UTF-8, and the server
 * converts its literals into the character set of the connection as it did then. Throws NotReplayable when the bytes are no text
 * of that character set, or that is one which is not known here.
 */
export function statementText(statement: Buffer, characterSet: string): string {
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
  ascii: 'windows-1252',
  latin1: 'windows-1252',
  gbk: 'gbk',
  gb2312: 'gbk',
  gb18030: 'gb18030',
  big5: 'big5',
  cp932: 'shift_jis',
  euckr: 'euc-kr',
})
