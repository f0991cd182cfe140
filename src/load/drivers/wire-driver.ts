import type { MysqlTarget } from '../../clients/mysql/connection.js'
import { describeTarget } from '../../clients/mysql/connection.js'
import { statementCut, statementRefused } from '../../clients/mysql/outcome.js'
import {
  WireConnection,
  type WireReply,
  type WireStatement,
} from '../../clients/mysql/wire/wire-connection.js'
import { present } from '../../kit/assert.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'
import {
  type Driver,
  type DriverSession,
  type DriverValue,
  firstCheckAfter,
  notOneRow,
  type PreparedStatement,
  type RowCheck,
  wrongRow,
} from './driver.js'

const connectTimeoutMs = 5000

/**
 * Our own loop over the binary protocol: a stamped request, a scanned reply, one statement in flight per connection. The
 * least client CPU per operation.
 */
export const wireDriver: Driver = Object.freeze({
  name: 'wire',
  async open(
    target: MysqlTarget,
    statements: readonly PreparedStatement[],
    rowCheck?: RowCheck,
  ): Promise<DriverSession> {
    const session = new WireSession(target, statements, rowCheck ?? null)
    await session.connect()
    return session
  },
})

class WireSession implements DriverSession {
  rowsVerified = 0
  #connection: WireConnection | null = null
  #prepared: readonly WireStatement[] = []
  #closed = false
  /** Of the operation under way. */
  #done: ((outcome: OperationOutcome) => void) | null = null
  #statement = 0
  #values: readonly DriverValue[] = []
  #verifies = false
  #untilVerify: number

  constructor(
    private readonly target: MysqlTarget,
    private readonly statements: readonly PreparedStatement[],
    private readonly rowCheck: RowCheck | null,
  ) {
    this.#untilVerify = firstCheckAfter(rowCheck)
  }

  async connect(): Promise<void> {
    const connection = await WireConnection.open(this.target, { connectTimeoutMs })
    try {
      const prepared: WireStatement[] = []
      for (const { sql } of this.statements) prepared.push(await connection.prepare(sql))
      this.#prepared = prepared
    } catch (error) {
      await connection.close()
      throw error
    }
    connection.listen(this.#onReply, this.#onLost)
    if (this.#closed) await connection.close()
    else this.#connection = connection
  }

  execute(
    statement: number,
    values: readonly DriverValue[],
    done: (outcome: OperationOutcome) => void,
  ): void {
    this.#done = done
    this.#statement = statement
    this.#values = values
    const connection = this.#connection
    if (connection?.usable) this.#send(connection)
    else this.#reconnectAndSend()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#connection?.close()
  }

  #send(connection: WireConnection): void {
    this.#verifies = --this.#untilVerify <= 0
    if (this.#verifies) this.#untilVerify = this.rowCheck?.oneIn ?? Number.POSITIVE_INFINITY
    connection.execute(
      present(this.#prepared[this.#statement], 'prepared statement'),
      this.#values,
      this.#verifies,
    )
  }

  #reconnectAndSend(): void {
    this.#connection = null
    this.connect().then(
      () => {
        if (this.#connection) this.#send(this.#connection)
      },
      (error: unknown) => this.#end(outcomeOfError(error)),
    )
  }

  #onReply = (reply: WireReply): void => {
    this.#end(reply.error === null && reply.count === 1 ? this.#verdict(reply) : this.#failure(reply))
  }

  #verdict({ row }: WireReply): OperationOutcome {
    if (!this.#verifies || row === null) return okOutcome
    this.rowsVerified++
    return this.rowCheck?.verify(this.#statement, this.#values, row) === false ? wrongRow : okOutcome
  }

  #failure({ error }: WireReply): OperationOutcome {
    if (error === null) return notOneRow
    return outcomeOfError(
      statementRefused({ ...this.#failed(), phase: { kind: this.#phase(), sent: true }, cause: error }),
    )
  }

  #onLost = (cause: Error): void => {
    if (this.#done === null) return
    this.#end(
      outcomeOfError(statementCut({ ...this.#failed(), phase: { kind: this.#phase(), sent: true }, cause })),
    )
  }

  #end(outcome: OperationOutcome): void {
    const done = this.#done
    this.#done = null
    done?.(outcome)
  }

  #phase(): 'read' | 'commit' {
    return this.statements[this.#statement]?.kind === 'write' ? 'commit' : 'read'
  }

  #failed(): { readonly target: string; readonly sql: string } {
    return { target: describeTarget(this.target), sql: this.statements[this.#statement]?.sql ?? '' }
  }
}
