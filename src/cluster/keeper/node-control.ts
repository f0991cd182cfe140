import type { SqlConnection } from '../../clients/mysql/connection.js'
import { openConnection } from '../../clients/mysql/connection.js'
import type { Clock } from '../../kit/clock.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { NodeAddress } from '../../model/qlink.js'

const connectTimeoutMs = 1000

/**
 * The keeper's line to one node, over its control port: that one is not used up when clients exhaust
 * `max_connections` (hole H15). One connection, opened when needed, dropped after any failure.
 */
export class NodeControl {
  readonly name: NodeName
  readonly #address: NodeAddress
  readonly #password: string
  readonly #clock: Clock
  #connection: Promise<SqlConnection> | null = null

  constructor(input: {
    readonly address: NodeAddress
    readonly password: string
    readonly clock: Clock
  }) {
    this.name = input.address.node
    this.#address = input.address
    this.#password = input.password
    this.#clock = input.clock
  }

  /** Runs `work` with a deadline. A late or broken connection is destroyed, so that the next call starts clean. */
  async run<T>(deadlineMs: number, work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const timer = new AbortController()
    const late = this.#clock.sleep(deadlineMs, timer.signal).then(() => {
      throw corelabError('DATABASE_UNREACHABLE', {
        message: `${this.name} did not answer within ${deadlineMs} ms`,
      })
    })
    const working = this.#open().then(work)
    try {
      return await Promise.race([working, late])
    } catch (error) {
      working.catch(() => undefined)
      this.drop()
      throw error
    } finally {
      timer.abort()
      late.catch(() => undefined)
    }
  }

  drop(): void {
    this.#connection?.then((connection) => connection.destroy()).catch(() => undefined)
    this.#connection = null
  }

  #open(): Promise<SqlConnection> {
    if (this.#connection) return this.#connection
    const opening = openConnection(
      {
        host: this.#address.host,
        port: this.#address.port,
        user: 'corelab_keeper',
        password: this.#password,
      },
      { connectTimeoutMs },
    )
    this.#connection = opening
    opening
      .then((connection) => connection.onClose(() => this.#forget(opening)))
      .catch(() => this.#forget(opening))
    return opening
  }

  #forget(opening: Promise<SqlConnection>): void {
    if (this.#connection === opening) this.#connection = null
  }
}
