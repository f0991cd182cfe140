import { assert } from '../../kit/assert.js'

/** Transactions `first` to `last`, both included. */
interface Interval {
  readonly first: bigint
  readonly last: bigint
}

/**
 * A MySQL GTID set: by origin, the numbers that it contains, as intervals in order with gaps between. An origin is a
 * server's UUID, or `uuid:tag` since MySQL 8.3.
 */
export type GtidSet = ReadonlyMap<string, readonly Interval[]>

/**
 * Reads `uuid:1-5:7:tag:1-3,uuid:9` (https://dev.mysql.com/doc/refman/9.7/en/replication-gtids-concepts.html); the
 * empty string is the empty set. White space and upper case are as good, overlapping intervals are merged.
 */
export function parseGtidSet(text: string): GtidSet {
  const set = new Map<string, Interval[]>()
  for (const part of text.toLowerCase().replace(/\s+/g, '').split(',')) {
    if (part === '') continue
    const [uuid = '', ...fields] = part.split(':')
    assert(uuidPattern.test(uuid) && fields.length > 0, `not a MySQL GTID set: ${part}`)
    let origin = uuid
    for (const field of fields) {
      if (tagPattern.test(field)) origin = `${uuid}:${field}`
      else set.set(origin, [...(set.get(origin) ?? []), parseInterval(field)])
    }
  }
  return new Map([...set].map(([origin, intervals]) => [origin, merged(intervals)]))
}

/** The server's own way to write a set, without its line breaks. */
export function formatGtidSet(set: GtidSet): string {
  const byUuid = new Map<string, string[]>()
  // Sorted, an origin without a tag comes before those with one.
  for (const [origin, intervals] of [...set].sort(([left], [right]) => (left < right ? -1 : 1))) {
    if (intervals.length === 0) continue
    const [uuid = '', tag] = origin.split(':')
    const fields = intervals.map(formatInterval)
    byUuid.set(uuid, [...(byUuid.get(uuid) ?? []), ...(tag === undefined ? fields : [tag, ...fields])])
  }
  return [...byUuid].map(([uuid, fields]) => [uuid, ...fields].join(':')).join(',')
}

export function uniteGtidSets(sets: readonly GtidSet[]): GtidSet {
  const all = new Map<string, Interval[]>()
  for (const [origin, intervals] of sets.flatMap((set) => [...set]))
    all.set(origin, [...(all.get(origin) ?? []), ...intervals])
  return new Map([...all].map(([origin, intervals]) => [origin, merged(intervals)]))
}

/** What `from` has and `taken` has not, as GTID_SUBTRACT computes it. */
export function subtractGtidSets(sets: { readonly from: GtidSet; readonly taken: GtidSet }): GtidSet {
  const rest = [...sets.from].map(
    ([origin, intervals]) =>
      [origin, intervals.flatMap((each) => withoutAll(each, sets.taken.get(origin) ?? []))] as const,
  )
  return new Map(rest.filter(([, intervals]) => intervals.length > 0))
}

export function countGtids(set: GtidSet): number {
  let count = 0n
  for (const intervals of set.values()) for (const { first, last } of intervals) count += last - first + 1n
  return Number(count)
}

/** The highest transaction of each origin, as single GTIDs. */
export function lastGtidsOfSet(set: GtidSet): readonly string[] {
  return [...set].flatMap(([origin, intervals]) => {
    const last = intervals.at(-1)
    return last ? [`${origin}:${last.last}`] : []
  })
}

/** Each interval for itself: `uuid:5-7`, `uuid:tag:9`. */
export function intervalsOf(set: GtidSet): readonly string[] {
  return [...set].flatMap(([origin, intervals]) =>
    intervals.map((interval) => `${origin}:${formatInterval(interval)}`),
  )
}

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const tagPattern = /^[a-z_][a-z\d_]{0,31}$/

function parseInterval(field: string): Interval {
  const match = /^(\d+)(?:-(\d+))?$/.exec(field)
  assert(match, `not an interval of a MySQL GTID set: ${field}`)
  const first = BigInt(match[1] ?? '0')
  const last = BigInt(match[2] ?? first)
  assert(first > 0n && last >= first, `not an interval of a MySQL GTID set: ${field}`)
  return { first, last }
}

function formatInterval({ first, last }: Interval): string {
  return first === last ? `${first}` : `${first}-${last}`
}

/** In order, and without overlapping or touching ones. */
function merged(intervals: readonly Interval[]): Interval[] {
  const done: Interval[] = []
  for (const each of [...intervals].sort((left, right) => (left.first < right.first ? -1 : 1))) {
    const before = done.at(-1)
    if (!before || each.first > before.last + 1n) done.push(each)
    else if (each.last > before.last) done[done.length - 1] = { first: before.first, last: each.last }
  }
  return done
}

function withoutAll(interval: Interval, taken: readonly Interval[]): Interval[] {
  const rest: Interval[] = []
  let { first } = interval
  for (const each of taken) {
    if (each.last < first || each.first > interval.last) continue
    if (each.first > first) rest.push({ first, last: each.first - 1n })
    first = each.last + 1n
  }
  if (first <= interval.last) rest.push({ first, last: interval.last })
  return rest
}
