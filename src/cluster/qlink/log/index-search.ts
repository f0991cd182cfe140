import { trackGtids } from '../../../clients/binlog/gtid-tracker.js'
import { beginEntryOf, entryBytes, isSameGtid, readDomain, readSequence } from './index-entry.js'
import type { SegmentIndex } from './index-file.js'

/** The entry of a GTID; -1 when the segment does not have it. */
export function findEntry(index: SegmentIndex, gtid: string): number {
  const wanted = Buffer.alloc(entryBytes)
  beginEntryOf(wanted, 0, { gtid, atSeconds: 0 })
  const isWanted = (each: number) =>
    each < index.count && isSameGtid(index.bytes, offsetOf(index, each), wanted, 0)
  if (isOneSequence(index)) {
    const each = firstWhere(index.count, (at) => sequenceOf(index, at) >= readSequence(wanted, 0))
    return isWanted(each) ? each : -1
  }
  for (let each = 0; each < index.count; each++) if (isWanted(each)) return each
  return -1
}

/** The first transaction of a segment that a position does not cover; `count` when it covers all. */
export function firstBeyond(
  index: SegmentIndex,
  place: { readonly position: string; readonly engine: 'mariadb' | 'mysql' },
): number {
  const known = trackGtids(place.engine, place.position)
  const isBeyond = (each: number) => !known.has(index.entry(each).gtid)
  if (isOneSequence(index)) return firstWhere(index.count, isBeyond)
  let each = 0
  while (each < index.count && !isBeyond(each)) each++
  return each
}

/** One MariaDB domain, so that the numbers only grow: what a core writes. A search may then halve. */
function isOneSequence(index: SegmentIndex): boolean {
  if (index.count > 0 && !/^\d+-/.test(index.entry(0).gtid)) return false
  const domain = index.count > 0 ? readDomain(index.bytes, offsetOf(index, 0)) : 0
  for (let each = 1; each < index.count; each++)
    if (readDomain(index.bytes, offsetOf(index, each)) !== domain) return false
  return true
}

function sequenceOf(index: SegmentIndex, each: number): number {
  return readSequence(index.bytes, offsetOf(index, each))
}

function offsetOf(index: SegmentIndex, each: number): number {
  return index.bytes.length - (index.count - each) * entryBytes
}

/** The first number below `count` for which `holds` is true, when it is true for all after it; else `count`. */
export function firstWhere(count: number, holds: (each: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
