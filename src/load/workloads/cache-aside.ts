import { openRedis, type RedisClient, type RedisTarget } from '../../clients/redis.js'
import { present } from '../../kit/assert.js'
import { hash32, type Random, seededRandom } from '../../kit/random.js'
import type { DataSource } from '../../platform/data-source.js'
import { type KeyAccess, keyChooser } from '../engine/key-chooser.js'
import type { Workload, WorkloadFactory } from '../engine/workload.js'
import { type DataSourceTarget, openFixedDataSource } from '../fixed-data-source.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'
import { kvRowCount } from './kv-table.js'

/** Plain data: it goes to threads. */
export interface CacheParams extends DataSourceTarget {
  readonly redis: RedisTarget
  /** Holds the table `kv`, whose `value` counts the changes of a row: its version. */
  readonly schema: string
  /** Of the keys in Redis. */
  readonly prefix: string
  readonly access: KeyAccess
  readonly updatePercent: number
  readonly ttlMs: number
}

export const cacheClasses = ['hit', 'miss', 'update'] as const

/**
 * KEYS: entry. ARGV: version, payload, milliseconds to live. An entry never goes back: whoever read before somebody else's
 * change, and comes after it, changes nothing.
 */
const putIfNewer = `
local held = redis.call('GET', KEYS[1])
if held and tonumber(string.match(held, '^%d+')) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
return 1`

/** The version of a cached entry. */
export function cachedVersion(entry: string): number {
  return Number(entry.slice(0, entry.indexOf(':')))
}

/** Rows read through a cache: from it, or from the master into it; changed on the master first, then in it. */
export const cacheWorkload: WorkloadFactory = async ({ params }, thread): Promise<Workload> => {
  const wanted = params as CacheParams
  const redis = openRedis(wanted.redis)
  const dataSource = openFixedDataSource(wanted)
  const sessions: CacheSession[] = []
  return {
    classes: cacheClasses,
    async openSession(index) {
      const random = seededRandom(hash32(`${thread.seed} ${index}`))
      const session = new CacheSession({ params: wanted, redis, dataSource, random })
      sessions.push(session)
      return session
    },
    async close() {
      await dataSource.close()
      await redis.close()
      const sum = (of: (session: CacheSession) => number) => sessions.reduce((all, each) => all + of(each), 0)
      return {
        ownReads: sum(({ ownReads }) => ownReads),
        staleReads: sum(({ staleReads }) => staleReads),
        updates: sum(({ updates }) => updates),
        unknownUpdates: sum(({ unknownUpdates }) => unknownUpdates),
      }
    },
  }
}

interface CacheTools {
  readonly params: CacheParams
  readonly redis: RedisClient
  readonly dataSource: DataSource
  readonly random: Random
}

class CacheSession implements LoadSession {
  ownReads = 0
  staleReads = 0
  updates = 0
  unknownUpdates = 0
  /** Changed a moment ago, and read next: it must not be older. */
  #own: { readonly id: number; readonly version: number } | null = null
  readonly #chooser: () => number

  constructor(private readonly tools: CacheTools) {
    this.#chooser = keyChooser(tools.params.access, kvRowCount, tools.random)
  }

  run(done: (outcome: OperationOutcome, operationClass?: number) => void): void {
    const own = this.#own
    this.#own = null
    const update = own === null && this.tools.random.below(100) < this.tools.params.updatePercent
    const work = update ? this.#update(this.#chooser()) : this.#read(own?.id ?? this.#chooser(), own)
    work.then(
      ({ outcome, operationClass }) => done(outcome, operationClass),
      (error: unknown) => done(outcomeOfError(error), update ? 2 : 1),
    )
  }

  async close(): Promise<void> {
    // The clients are the thread's.
  }

  async #read(id: number, own: { readonly version: number } | null): Promise<Ended> {
    const entry = await this.tools.redis.get(this.#keyOf(id))
    const version = entry === null ? await this.#fill(id) : cachedVersion(entry)
    const operationClass = entry === null ? 1 : 0
    if (own === null) return { outcome: okOutcome, operationClass }
    this.ownReads++
    if (version >= own.version) return { outcome: okOutcome, operationClass }
    this.staleReads++
    return { outcome: staleRead, operationClass }
  }

  /** From the master: what a replica does not know yet must not be cached for seconds. */
  async #fill(id: number): Promise<number> {
    const { dataSource, params } = this.tools
    const [row] = await dataSource.read('master', (connection) =>
      connection.query<KvRow>(`SELECT value, payload FROM ${params.schema}.kv WHERE id = ?`, [id]),
    )
    const { value, payload } = present(row, `row ${id} of kv`)
    await this.#put(id, Number(value), payload)
    return Number(value)
  }

  async #update(id: number): Promise<Ended> {
    const { dataSource, params } = this.tools
    let row: KvRow
    try {
      row = await dataSource.write(async (connection) => {
        await connection.execute(`UPDATE ${params.schema}.kv SET value = value + 1 WHERE id = ?`, [id])
        const [changed] = await connection.query<KvRow>(
          `SELECT value, payload FROM ${params.schema}.kv WHERE id = ?`,
          [id],
        )
        return present(changed, `row ${id} of kv`)
      })
    } catch (error) {
      // Whatever became of it: the next reader asks the master.
      if (outcomeOfError(error).kind === 'unknown') {
        this.unknownUpdates++
        await this.tools.redis.remove(this.#keyOf(id))
      }
      throw error
    }
    this.updates++
    const version = Number(row.value)
    await this.#put(id, version, row.payload)
    this.#own = { id, version }
    return { outcome: okOutcome, operationClass: 2 }
  }

  async #put(id: number, version: number, payload: string): Promise<void> {
    const { redis, params } = this.tools
    await redis.command('EVAL', putIfNewer, 1, this.#keyOf(id), version, payload, params.ttlMs)
  }

  #keyOf(id: number): string {
    return this.tools.params.prefix + id
  }
}

interface Ended {
  readonly outcome: OperationOutcome
  readonly operationClass: number
}

interface KvRow {
  readonly value: number | string
  readonly payload: string
}

const staleRead: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: 'STALE_READ' })
