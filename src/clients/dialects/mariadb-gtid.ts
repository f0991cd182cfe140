import { assert } from '../../kit/assert.js'

/** A MariaDB GTID position: the last sequence number per replication domain, with the server that wrote it. */
export type GtidPosition = ReadonlyMap<number, { readonly server: number; readonly sequence: bigint }>

/**
 * Reads `0-1-1234,1-2-5` (https://mariadb.com/kb/en/gtid/); the empty string is the empty position.
 * A position holds one entry per domain; where a state lists several servers of one domain, the highest
 * sequence number is the position.
 */
export function parseGtidPosition(text: string): GtidPosition {
  const position = new Map<number, { server: number; sequence: bigint }>()
  for (const part of text.split(',')) {
    if (part.trim() === '') continue
    const match = /^\s*(\d+)-(\d+)-(\d+)\s*$/.exec(part)
    assert(match, `not a MariaDB GTID: ${part}`)
    const domain = Number(match[1])
    const sequence = BigInt(match[3] ?? '0')
    const known = position.get(domain)
    if (!known || known.sequence < sequence) position.set(domain, { server: Number(match[2]), sequence })
  }
  return position
}

/** How many transactions `behind` lacks of `ahead`, over all domains. */
export function gtidDistance(positions: { readonly behind: string; readonly ahead: string }): number {
  const behind = parseGtidPosition(positions.behind)
  let missing = 0n
  for (const [domain, { sequence }] of parseGtidPosition(positions.ahead)) {
    const have = behind.get(domain)?.sequence ?? 0n
    if (sequence > have) missing += sequence - have
  }
  return Number(missing)
}
