import { corelabError } from '../../../kit/errors.js'
import type { SegmentIndex } from '../log/index-file.js'
import { findEntry } from '../log/index-search.js'
import type { LogReader, ReadSegment } from '../log/log-reader.js'

/** Where a part of the log begins or ends: at a transaction, or at a time by the clock of its writers. */
export type LogBound =
  | { readonly kind: 'gtid'; readonly gtid: string }
  | { readonly kind: 'time'; readonly atSeconds: number }

/** Both bounds belong to the part; null is the log's own beginning or end. */
export interface LogSelection {
  readonly from: LogBound | null
  readonly to: LogBound | null
}

/** Transactions `first` to `last` of a segment, by their numbers in its index. */
export interface LogRange extends ReadSegment {
  readonly first: number
  readonly last: number
}

/**
 * The chosen part, segment by segment. Clocks of writers can jump, also back: what stands between the first transaction from
 * then on and the last one until then belongs to it, whatever its own time.
 * Throws QLINK_NOT_LOGGED when a bound names a transaction that is not there.
 */
export async function* selectRanges(reader: LogReader, { from, to }: LogSelection): AsyncGenerator<LogRange> {
  for (const bound of [from, to]) if (bound?.kind === 'gtid') await assertLogged(reader, bound.gtid)
  const lastPath = to === null ? null : await pathOfLast(reader, to)
  if (lastPath === '') return
  let begun = from === null
  for await (const segment of reader.segments()) {
    const { index, path } = segment
    const first = begun || from === null ? 0 : firstAt(index, from)
    const isLast = path === lastPath
    const last = isLast && to !== null ? lastAt(index, to) : index.count - 1
    if (first >= 0) begun = true
    if (first >= 0 && first <= last) yield { ...segment, first, last }
    if (isLast) return
  }
}

/** -1: it begins in none of this segment's transactions. */
function firstAt(index: SegmentIndex, bound: LogBound): number {
  if (bound.kind === 'gtid') return findEntry(index, bound.gtid)
  for (let each = 0; each < index.count; each++)
    if (index.entry(each).atSeconds >= bound.atSeconds) return each
  return -1
}

/** -1: it ends before all of this segment's transactions, or elsewhere. */
function lastAt(index: SegmentIndex, bound: LogBound): number {
  if (bound.kind === 'gtid') return findEntry(index, bound.gtid)
  let last = index.count - 1
  while (last >= 0 && index.entry(last).atSeconds > bound.atSeconds) last--
  return last
}

/** The last segment that has a transaction of a part that ends there; the empty string when none has. */
async function pathOfLast(reader: LogReader, bound: LogBound): Promise<string> {
  let path = ''
  for await (const segment of reader.segments()) if (lastAt(segment.index, bound) >= 0) path = segment.path
  return path
}

async function assertLogged(reader: LogReader, gtid: string): Promise<void> {
  const [place] = await reader.placesOf([gtid])
  if (place === 'inside') return
  const why = {
    before: 'It stood in a segment that was removed after the shadow had applied it.',
    after: 'The log does not reach so far.',
    foreign: 'The log has another transaction in its place.',
  }[place ?? 'after']
  throw corelabError('QLINK_NOT_LOGGED', {
    message: `${gtid} is not in qlink's log`,
    detail: why,
    fix: ['corelab qlink status', 'corelab qlink log'],
  })
}
