import { assert } from '../../kit/assert.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import { formatGtidPosition, parseGtidPosition } from '../dialects/mariadb-gtid.js'
import { formatGtidSet, parseGtidSet } from '../dialects/mysql-gtid.js'
import type { BinlogBatch } from './binlog-listener.js'

/** A position that grows transaction by transaction, without text on the way. */
export interface GtidTracker {
  add(gtid: string): void
  addEnd(batch: BinlogBatch, index: number): void
  addBatch(batch: BinlogBatch): void
  /** MariaDB: the number is not above the last of its domain. MySQL: it is in the set. */
  has(gtid: string): boolean
  hasAll(position: string): boolean
  /** The position as the server writes it; what a stream takes as `from`. */
  text(): string
  copy(): GtidTracker
}

export function trackGtids(engine: DatabaseEngine, from: string): GtidTracker {
  return engine === 'mariadb' ? new MariadbTracker(from) : new MysqlTracker(from)
}

class MariadbTracker implements GtidTracker {
  readonly #domains = new Map<number, { server: number; sequence: number }>()

  constructor(from: string) {
    for (const [domain, last] of parseGtidPosition(from))
      this.#domains.set(domain, { server: last.server, sequence: Number(last.sequence) })
  }

  add(gtid: string): void {
    for (const [domain, last] of parseGtidPosition(gtid))
      this.#add(domain, last.server, Number(last.sequence))
  }

  addEnd(batch: BinlogBatch, index: number): void {
    this.#add(batch.domain[index] ?? 0, batch.server[index] ?? 0, batch.sequence[index] ?? 0)
  }

  addBatch(batch: BinlogBatch): void {
    for (let index = 0; index < batch.count; index++) this.addEnd(batch, index)
  }

  has(gtid: string): boolean {
    return this.hasAll(gtid)
  }

  hasAll(position: string): boolean {
    return [...parseGtidPosition(position)].every(
      ([domain, { sequence }]) => Number(sequence) <= (this.#domains.get(domain)?.sequence ?? 0),
    )
  }

  text(): string {
    return formatGtidPosition(this.#domains)
  }

  copy(): GtidTracker {
    return new MariadbTracker(this.text())
  }

  #add(domain: number, server: number, sequence: number): void {
    const last = this.#domains.get(domain)
    if (!last) this.#domains.set(domain, { server, sequence })
    else {
      last.server = server
      last.sequence = sequence
    }
  }
}

/** Transactions `first` to `last`, both included. */
interface Interval {
  first: number
  last: number
}

class MysqlTracker implements GtidTracker {
  /** By `uuid` or `uuid:tag`; in order, with gaps between. */
  readonly #sources = new Map<string, Interval[]>()

  constructor(from: string) {
    for (const [source, intervals] of parseGtidSet(from))
      this.#sources.set(
        source,
        intervals.map(({ first, last }) => ({ first: Number(first), last: Number(last) })),
      )
  }

  add(gtid: string): void {
    for (const [source, intervals] of parseGtidSet(gtid)) {
      const [only] = intervals
      assert(only && intervals.length === 1 && only.first === only.last, `not a single GTID: ${gtid}`)
      this.#add(source, Number(only.first))
    }
  }

  addEnd(batch: BinlogBatch, index: number): void {
    this.#add(batch.source(index), batch.sequence[index] ?? 0)
  }

  addBatch(batch: BinlogBatch): void {
    for (let index = 0; index < batch.count; index++) this.addEnd(batch, index)
  }

  has(gtid: string): boolean {
    return this.hasAll(gtid)
  }

  hasAll(position: string): boolean {
    return [...parseGtidSet(position)].every(([source, wanted]) =>
      wanted.every(({ first, last }) =>
        (this.#sources.get(source) ?? []).some((each) => each.first <= first && last <= each.last),
      ),
    )
  }

  text(): string {
    const exact = [...this.#sources].map(
      ([source, intervals]) =>
        [source, intervals.map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last) }))] as const,
    )
    return formatGtidSet(new Map(exact))
  }

  copy(): GtidTracker {
    return new MysqlTracker(this.text())
  }

  #add(source: string, number: number): void {
    const intervals = this.#sources.get(source)
    const newest = intervals?.at(-1)
    if (!intervals || !newest) this.#sources.set(source, [{ first: number, last: number }])
    else if (number === newest.last + 1) newest.last = number
    else if (number > newest.last) intervals.push({ first: number, last: number })
    else insert(intervals, number)
  }
}

/** Replicas that apply in parallel can commit in another order than they received: numbers then fill gaps. */
function insert(intervals: Interval[], number: number): void {
  const next = intervals.findIndex(({ last }) => number <= last)
  const behind = intervals[next]
  if (!behind || behind.first <= number) return
  const before = intervals[next - 1]
  const joinsBefore = before?.last === number - 1
  const joinsBehind = behind.first === number + 1
  if (before && joinsBefore && joinsBehind) {
    before.last = behind.last
    intervals.splice(next, 1)
  } else if (before && joinsBefore) before.last = number
  else if (joinsBehind) behind.first = number
  else intervals.splice(next, 0, { first: number, last: number })
}
