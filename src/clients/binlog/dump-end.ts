import { corelabError } from '../../kit/errors.js'
import type { BinlogCloseReason } from './binlog-listener.js'

/** How a stream of packets ended: by an ERR packet, an EOF packet, or bytes that cannot be right. */
export type DumpEnd =
  | { readonly kind: 'error'; readonly errno: number; readonly message: string }
  | { readonly kind: 'eof' }
  | { readonly kind: 'damaged'; readonly message: string }

/** What an end means for the reader. `leader` is who sent it, for messages. */
export function closeReasonOf(end: DumpEnd, leader: string): BinlogCloseReason {
  if (end.kind === 'damaged') {
    const message = `the binlog stream from ${leader} is damaged: ${end.message}`
    return { kind: 'damaged', error: corelabError('BINLOG_DAMAGED', { message }) }
  }
  if (end.kind === 'eof') {
    const message = `${leader} ended the binlog stream`
    return { kind: 'lost', error: corelabError('DATABASE_UNREACHABLE', { message }) }
  }
  const detail = `error ${end.errno}: ${end.message}`
  if (replacedBy.test(end.message)) {
    const message = `${leader} gave the stream to another reader with the same id`
    return { kind: 'replaced', error: corelabError('BINLOG_REFUSED', { message, detail }) }
  }
  if (lacksPosition(end)) {
    const message = `${leader} does not have the position: ${end.message}`
    return { kind: 'position-lost', error: corelabError('BINLOG_POSITION_LOST', { message, detail }) }
  }
  const message = `${leader} refuses to send its binlog: ${end.message}`
  return { kind: 'refused', error: corelabError('BINLOG_REFUSED', { message, detail }) }
}

const replacedBy = /same server_?(?:uuid|id)/i

/** ER_MASTER_FATAL_ERROR_READING_BINLOG is sent for everything; these are not about the position. */
const otherFatal =
  /max_allowed_packet|bogus data|truncated in the middle|crc check|read error|I\/O error|checksum/i

function lacksPosition(end: { readonly errno: number; readonly message: string }): boolean {
  return end.errno === 1236 && !otherFatal.test(end.message)
}
