import type { Dialect } from '../../clients/dialects/dialect.js'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { openConnection } from '../../clients/mysql/connection.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { Clock } from '../../kit/clock.js'
import type { NodeAddress } from '../../model/qlink.js'

export interface ShadowWatchOptions {
  readonly address: NodeAddress
  readonly dialect: Dialect
  readonly password: string
  readonly clock: Clock
  /** The position it has applied; null while it does not answer. */
  readonly onApplied: (applied: string | null) => void
}

/** Often enough to hold a backlog that grows by 10,000 transactions a second near its limit of a few thousand. */
const pollIntervalMs = 40
const retryAfterMs = 200
/** A shadow that is silent for longer holds nobody up. */
const answerLimitMs = 1000

/** Asks the shadow again and again how far it has applied, over a connection of its own. */
export class ShadowWatch {
  readonly #abort = new AbortController()
  #connection: SqlConnection | null = null
  readonly #ended: Promise<void>

  constructor(private readonly options: ShadowWatchOptions) {
    this.#ended = this.#run()
  }

  async close(): Promise<void> {
    this.#abort.abort()
    this.#connection?.destroy()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { clock, onApplied } = this.options
    const { signal } = this.#abort
    while (!signal.aborted) {
      const applied = await this.#ask().catch(() => null)
      if (signal.aborted) return
      onApplied(applied)
      await clock.sleep(applied === null ? retryAfterMs : pollIntervalMs, signal).catch(() => undefined)
    }
  }

  async #ask(): Promise<string> {
    if (!this.#connection?.usable) this.#connection = await this.#connect()
    return this.options.dialect.position(this.#connection)
  }

  #connect(): Promise<SqlConnection> {
    const { address, password } = this.options
    const { host, port } = address
    const limits = { connectTimeoutMs: answerLimitMs, statementLimitMs: answerLimitMs }
    return openConnection(
      { host, port, user: databaseAccounts.qlink, password },
      { ...limits, signal: this.#abort.signal },
    )
  }
}
