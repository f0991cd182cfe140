import type { LogPlace } from '../../model/qlink.js'

/** Asks where a transaction stands in the present history, i.e. in qlink's log. */
export type PlaceOf = (gtid: string) => Promise<LogPlace>

/**
 * Splits a node's own transactions, oldest first, into those that the present history has too and those that it lacks.
 * Every stream of numbers (a replication domain of MariaDB, a server and tag of MySQL) forks at most once: what follows
 * the first extra one is extra. So the fork is found by halving, with few questions. Returns the indexes of the extra ones.
 */
export async function findFork(gtids: readonly string[], placeOf: PlaceOf): Promise<readonly number[]> {
  const extra: number[] = []
  for (const indexes of streamsOf(gtids).values()) {
    let low = 0
    let high = indexes.length
    while (low < high) {
      const middle = (low + high) >> 1
      const gtid = gtids[indexes[middle] ?? 0] ?? ''
      if (isCommon(await placeOf(gtid))) low = middle + 1
      else high = middle
    }
    extra.push(...indexes.slice(low))
  }
  return extra.sort((left, right) => left - right)
}

/**
 * What is older than the log's first transaction was common before the log began; should that not be so, the node's next
 * source refuses it (`gtid_strict_mode`).
 */
function isCommon(place: LogPlace): boolean {
  return place === 'inside' || place === 'before'
}

/** The indexes of each stream's transactions, in order. */
function streamsOf(gtids: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const streams = new Map<string, number[]>()
  for (const [index, gtid] of gtids.entries()) {
    const stream = streamOf(gtid)
    const known = streams.get(stream)
    if (known) known.push(index)
    else streams.set(stream, [index])
  }
  return streams
}

/** `0-1-99` -> `0`; `uuid:tag:99` -> `uuid:tag`. */
export function streamOf(gtid: string): string {
  const colon = gtid.lastIndexOf(':')
  return colon === -1 ? gtid.slice(0, gtid.indexOf('-')) : gtid.slice(0, colon)
}
