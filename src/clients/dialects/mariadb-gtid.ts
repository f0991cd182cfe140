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
  for (const { domain, server, sequence } of parseGtids(text)) {
    const known = position.get(domain)
    if (!known || known.sequence < sequence) position.set(domain, { server, sequence })
  }
  return position
}

/** Numbers do for what counts transaction by transaction: they are exact to 2^53. */
export function formatGtidPosition(
  position: ReadonlyMap<number, { readonly server: number; readonly sequence: bigint | number }>,
): string {
  return [...position]
    .sort(([left], [right]) => left - right)
    .map(([domain, { server, sequence }]) => `${domain}-${server}-${sequence}`)
    .join(',')
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

/**
 * Compares two binlog states (`@@gtid_binlog_state`: the last transaction of each domain by each server that wrote in
 * it). In one history a source has at least as much of every writer as its replica; a writer of whom the replica has
 * more, or whom the source does not know, wrote something that the source never had.
 */
export function extraOfState(states: {
  readonly replica: string
  readonly source: string
}): readonly string[] {
  const writerOf = ({ domain, server }: Gtid) => `${domain}-${server}`
  const known = new Map(parseGtids(states.source).map((gtid) => [writerOf(gtid), gtid.sequence]))
  return parseGtids(states.replica)
    .filter((gtid) => gtid.sequence > (known.get(writerOf(gtid)) ?? 0n))
    .map(({ domain, server, sequence }) => `${domain}-${server}-${sequence}`)
}

interface Gtid {
  readonly domain: number
  readonly server: number
  readonly sequence: bigint
}

function parseGtids(text: string): Gtid[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const match = /^\s*(\d+)-(\d+)-(\d+)\s*$/.exec(part)
      assert(match, `not a MariaDB GTID: ${part}`)
      return { domain: Number(match[1]), server: Number(match[2]), sequence: BigInt(match[3] ?? '0') }
    })
}
