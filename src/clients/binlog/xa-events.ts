import { BinlogDamage, headerLength } from './event.js'

/**
 * `XA START ...` for a MariaDB GTID event that opens a prepared transaction: behind the flags, and a commit id when there is
 * one, u32 format, u8 length of the global part, u8 length of the branch part, both parts. null for any other. MySQL logs the
 * statement itself.
 */
export function xaStartOf(gtidEvent: Buffer): string | null {
  const flags = gtidEvent[headerLength + 12] ?? 0
  if ((flags & preparedXaFlag) === 0) return null
  const offset = headerLength + 13 + (flags & groupCommitFlag ? 8 : 0)
  const lengths = { global: gtidEvent[offset + 4] ?? 0, branch: gtidEvent[offset + 5] ?? 0 }
  return `XA START ${xidAt(gtidEvent, offset + 6, { ...lengths, format: gtidEvent.readUInt32LE(offset) })}`
}

/** XA_PREPARE event: u8 one phase, u32 format, u32 length of the global part, u32 length of the branch part, both parts. */
export function xaEndOf(prepareEvent: Buffer): string {
  const offset = headerLength + 1
  const lengths = {
    format: prepareEvent.readUInt32LE(offset),
    global: prepareEvent.readUInt32LE(offset + 4),
    branch: prepareEvent.readUInt32LE(offset + 8),
  }
  const xid = xidAt(prepareEvent, offset + 12, lengths)
  return prepareEvent[headerLength] === 1 ? `XA COMMIT ${xid} ONE PHASE` : `XA PREPARE ${xid}`
}

function xidAt(
  bytes: Buffer,
  offset: number,
  { format, global, branch }: { readonly format: number; readonly global: number; readonly branch: number },
): string {
  if (offset + global + branch > bytes.length)
    throw new BinlogDamage('the name of an XA transaction is cut off')
  const hex = (from: number, length: number) => bytes.toString('hex', from, from + length)
  return `X'${hex(offset, global)}',X'${hex(offset + global, branch)}',${format}`
}

const groupCommitFlag = 0x02
const preparedXaFlag = 0x40
