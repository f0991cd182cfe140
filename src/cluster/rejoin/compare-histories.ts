import type { LogPlace } from '../../model/qlink.js'

/** Asks where transactions stand in the present history, i.e. in qlink's log; answers in the order asked. */
export type PlacesOf = (gtids: readonly string[]) => Promise<readonly LogPlace[]>

/** One question, whatever it asks for, interrupts whoever acknowledges; so few, and none of them large. */
const askedAtOnceMax = 64

/**
 * Splits a node's own transactions, oldest first, into those that the present history has too and those that it lacks.
 * Every stream of numbers (a replication domain of MariaDB, a server and tag of MySQL) forks at most once: what follows
 * the first extra one is extra. The fork is mostly near the end, so that one question finds it. Returns the indexes of
 * the extra ones.
 */
export async function findFork(gtids: readonly string[], placesOf: PlacesOf): Promise<readonly number[]> {
  const extras: (readonly number[])[] = []
  for (const indexes of streamsOf(gtids).values()) {
    const own = indexes.map((index) => gtids[index] ?? '')
    extras.push(indexes.slice(await forkOf(own, placesOf)))
  }
  return extras.flat().sort((left, right) => left - right)
}

/** The index of the first extra one of a stream; its length when there is none. */
async function forkOf(gtids: readonly string[], placesOf: PlacesOf): Promise<number> {
  // Below `low` all are common, from `high` on all are extra.
  let low = 0
  let high = gtids.length
  let asked = range(Math.max(0, high - askedAtOnceMax), high)
  while (low < high) {
    const places = await placesOf(asked.map((index) => gtids[index] ?? ''))
    const firstExtra = places.findIndex((place) => !isCommon(place))
    const common = firstExtra === -1 ? asked.length : firstExtra
    high = asked[common] ?? high
    low = common === 0 ? low : (asked[common - 1] ?? low) + 1
    asked = spread(low, high)
  }
  return low
}

/** Up to that many indexes, evenly over a range, with its last one. */
function spread(low: number, high: number): readonly number[] {
  const count = Math.min(askedAtOnceMax, high - low)
  return range(1, count + 1).map((part) => low + Math.floor(((high - low) * part) / count) - 1)
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
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
