import { type MysqlTarget, openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import { type OperationOutcome, okOutcome } from '../load-run.js'
import { outcomeOfError } from '../outcome-of-error.js'
import type { Driver, DriverSession, DriverValue, PreparedStatement } from './driver.js'

const connectTimeoutMs = 5000

/** Prepared statements through mysql2: the ordinary way of a Node program, and the most client CPU per operation. */
export const mysql2Driver: Driver = Object.freeze({
  name: 'mysql2 execute',
  async open(target: MysqlTarget, statements: readonly PreparedStatement[]): Promise<DriverSession> {
    return new Mysql2Session(target, statements, await openConnection(target, { connectTimeoutMs }))
  },
})

const wrongRows: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: 'NOT_ONE_ROW' })

class Mysql2Session implements DriverSession {
  #closed = false

  constructor(
    private readonly target: MysqlTarget,
    private readonly statements: readonly PreparedStatement[],
    private connection: SqlConnection,
  ) {}

  execute(
    statement: number,
    values: readonly DriverValue[],
    done: (outcome: OperationOutcome) => void,
  ): void {
    const prepared = present(this.statements[statement], `statement ${statement}`)
    this.#execute(prepared, values).then(done, (error: unknown) => done(outcomeOfError(error)))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.connection.close()
  }

  async #execute(
    { sql, kind }: PreparedStatement,
    values: readonly DriverValue[],
  ): Promise<OperationOutcome> {
    if (!this.connection.usable) await this.#reopen()
    const rows =
      kind === 'read'
        ? (await this.connection.query(sql, values)).length
        : (await this.connection.execute(sql, values)).affectedRows
    return rows === 1 ? okOutcome : wrongRows
  }

  async #reopen(): Promise<void> {
    const connection = await openConnection(this.target, { connectTimeoutMs })
    if (this.#closed) await connection.close()
    else this.connection = connection
  }
}
