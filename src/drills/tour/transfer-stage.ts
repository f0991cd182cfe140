import { join } from 'node:path'
import type { RedisClient } from '../../clients/redis.js'
import { openRedis } from '../../clients/redis.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { subsystemAccount } from '../../components/mysql/accounts-sql.js'
import type { HistoryRecorder } from '../../history/recorder.js'
import { openHistory } from '../../history/recorder.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import type { TransferRun, TransferRunResult } from '../../load/live/run-transfers.js'
import { runTransfers } from '../../load/live/run-transfers.js'
import type { Secrets } from '../../model/secrets.js'
import type { DataSource } from '../../platform/data-source.js'
import { openDataSource } from '../../platform/data-source.js'
import { topologyOfEnvironment } from '../../platform/topology-source.js'
import type { PopulationSpec } from '../../population/population.js'
import type { RunClock } from '../stage/run-clock.js'

/** Short enough that the gap of a failover is seen as a gap. */
const pointIntervalMs = 200

export interface StageOptions {
  readonly endpoints: Endpoints
  readonly topologyFile: string
  readonly population: PopulationSpec
  readonly clients: number
  readonly reportDir: string
  readonly runClock: RunClock
}

/**
 * The load that runs across the steps `transfers` and `failover`: clients, their way to the master, and the
 * record of what they saw.
 */
export class TransferStage {
  readonly historyFile: string
  readonly dataSource: DataSource
  readonly run: TransferRun
  readonly #recorder: HistoryRecorder
  readonly #redis: RedisClient
  readonly #stop = new AbortController()

  constructor(options: StageOptions, context: Context) {
    const { endpoints, clients } = options
    const { clock } = context
    this.historyFile = join(options.reportDir, 'history.jsonl')
    // First what can fail: then nothing else is open yet.
    this.#recorder = openHistory(this.historyFile, { clock })
    this.#redis = openRedis(endpoints.redis)
    this.dataSource = openDataSource({
      topologySource: topologyOfEnvironment({
        topologyFile: options.topologyFile,
        redis: this.#redis,
        clock,
      }),
      account: payments(endpoints.secrets),
      poolSize: clients,
      clock,
    })
    this.run = runTransfers(
      {
        dataSource: this.dataSource,
        population: options.population,
        connections: clients,
        recorder: this.#recorder,
        stop: this.#stop.signal,
        originMs: options.runClock.originMs,
        pointIntervalMs,
      },
      context,
    )
  }

  noteKill(node: string): void {
    this.#recorder.nemesis('kill', { node, signal: 'SIGKILL' })
  }

  /** Ends the load in order, and closes the history. Idempotent. */
  async finish(): Promise<TransferRunResult> {
    this.#stop.abort()
    try {
      return await this.run.finished
    } finally {
      await this.#recorder.close()
    }
  }

  async close(): Promise<void> {
    await this.finish().catch(() => undefined)
    await this.dataSource.close()
    await this.#redis.close()
  }
}

/** The clients stand for the payment subsystem, so they may do what it may do. */
function payments(secrets: Secrets): { readonly user: string; readonly password: string } {
  return {
    user: subsystemAccount('PAY'),
    password: present(secrets.database.subsystems.pay, 'password of pay_app'),
  }
}
