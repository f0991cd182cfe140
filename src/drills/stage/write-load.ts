import type { RedisClient } from '../../clients/redis.js'
import { openRedis } from '../../clients/redis.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { databaseAccounts, subsystemAccount } from '../../components/mysql/accounts-sql.js'
import { openHistory } from '../../history/recorder.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import type { ClosedLoopRun } from '../../load/live/closed-loop.js'
import type { LiveResult } from '../../load/live/live-result.js'
import type { MixedClients } from '../../load/live/run-mixed-writes.js'
import { runMixedWrites } from '../../load/live/run-mixed-writes.js'
import type { DataSource } from '../../platform/data-source.js'
import { openDataSource } from '../../platform/data-source.js'
import { topologyOfEnvironment } from '../../platform/topology-source.js'
import type { PopulationSpec } from '../../population/population.js'
import { ClientGate } from './client-gate.js'
import { LiveRecorder } from './live-recorder.js'

export interface WriteLoadOptions {
  readonly endpoints: Endpoints
  readonly topologyFile: string
  readonly keeperSocket: string
  readonly population: PopulationSpec
  readonly clients: MixedClients
  readonly thinkMs: number
  readonly historyFile: string
  /** What `atMs` counts from, on the context's monotonic clock. */
  readonly originMs: number
  readonly keyPrefix: string
  readonly pointIntervalMs: number
}

/** The load of a drill: clients, their way to the master, and the record of what they see. */
export class WriteLoad {
  readonly recorder: LiveRecorder
  readonly run: ClosedLoopRun
  readonly #redis: RedisClient
  readonly #sources: readonly DataSource[]
  readonly #stop = new AbortController()
  readonly #companions: { stop(): Promise<void> }[] = []
  readonly #gate: ClientGate
  #finished: Promise<LiveResult> | null = null

  constructor(options: WriteLoadOptions, context: Context) {
    const { endpoints, clients } = options
    const { clock } = context
    // First what can fail: then nothing else is open yet.
    this.recorder = new LiveRecorder(openHistory(options.historyFile, { clock }), clock)
    const redis = openRedis(endpoints.redis)
    this.#redis = redis
    const source = (account: { readonly user: string; readonly password: string }, poolSize: number) =>
      openDataSource({
        topologySource: topologyOfEnvironment({
          topologyFile: options.topologyFile,
          keeperSocket: options.keeperSocket,
          redis,
          clock,
        }),
        account,
        poolSize,
        clock,
      })
    const { database } = endpoints.secrets
    const payments = source(
      {
        user: subsystemAccount('PAY'),
        password: present(database.subsystems.pay, 'password of pay_app'),
      },
      Math.max(1, clients.transfers),
    )
    const appends = source(
      { user: databaseAccounts.workload, password: database.workload },
      clients.appends + clients.readers,
    )
    this.#sources = [payments, appends]
    this.#gate = new ClientGate(clock, options.thinkMs)
    this.run = runMixedWrites(
      {
        payments,
        appends,
        population: options.population,
        clients,
        think: () => this.#gate.pass(),
        recorder: this.recorder,
        stop: this.#stop.signal,
        originMs: options.originMs,
        pointIntervalMs: options.pointIntervalMs,
        keyPrefix: options.keyPrefix,
        firstClient: 0,
      },
      context,
    )
    // Looked at in `finish`; until then a failure to start is nobody's unhandled rejection.
    this.run.finished.catch(() => undefined)
  }

  /** Nobody begins another write; those under way go on. */
  pause(): void {
    this.#gate.close()
  }

  resume(): void {
    this.#gate.open()
  }

  /** Something that must end before the history is closed. */
  accompany(companion: { stop(): Promise<void> }): void {
    this.#companions.push(companion)
  }

  /** Ends the load in order, and closes the history. Idempotent. */
  finish(): Promise<LiveResult> {
    this.#finished ??= this.#finish()
    return this.#finished
  }

  async close(): Promise<void> {
    await this.finish().catch(() => undefined)
    await Promise.all(this.#sources.map((source) => source.close()))
    await this.#redis.close()
  }

  async #finish(): Promise<LiveResult> {
    this.#stop.abort()
    this.#gate.open()
    try {
      const [result] = await Promise.all([
        this.run.finished,
        ...this.#companions.map((companion) => companion.stop()),
      ])
      return result
    } finally {
      await this.recorder.close()
    }
  }
}
