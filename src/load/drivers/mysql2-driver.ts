import { type MysqlTarget, openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
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
  type RowCell,
  type RowCheck,
  wrongRow,
} from './driver.js'

const connectTimeoutMs = 5000

/** Prepared statements through mysql2: the ordinary way of a Node program, and the most client CPU per operation. */
export const mysql2Driver: Driver = Object.freeze({
  name: 'mysql2 execute',
  async open(
    target: MysqlTarget,
    statements: readonly PreparedStatement[],
    rowCheck?: RowCheck,
  ): Promise<DriverSession> {
    const connection = await openConnection(target, { connectTimeoutMs })
    return new Mysql2Session(target, statements, rowCheck ?? null, connection)
  },
})

class Mysql2Session implements DriverSession {
  rowsVerified = 0
  #closed = false
  #untilVerify: number

  constructor(
    private readonly target: MysqlTarget,
    private readonly statements: readonly PreparedStatement[],
    private readonly rowCheck: RowCheck | null,
    private connection: SqlConnection,
  ) {
    this.#untilVerify = firstCheckAfter(rowCheck)
  }

  execute(
    statement: number,
    values: readonly DriverValue[],
    done: (outcome: OperationOutcome) => void,
  ): void {
    this.#execute(statement, values).then(done, (error: unknown) => done(outcomeOfError(error)))
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.connection.close()
  }

  async #execute(statement: number, values: readonly DriverValue[]): Promise<OperationOutcome> {
    const { sql, kind } = present(this.statements[statement], `statement ${statement}`)
    if (!this.connection.usable) await this.#reopen()
    if (kind === 'write') {
      const { affectedRows } = await this.connection.execute(sql, values)
      return affectedRows === 1 ? okOutcome : notOneRow
    }
    const rows = await this.connection.query<Record<string, RowCell>>(sql, values)
    const [row] = rows
    return rows.length === 1 && row ? this.#verdict(statement, values, row) : notOneRow
  }

  #verdict(
    statement: number,
    values: readonly DriverValue[],
    row: Readonly<Record<string, RowCell>>,
  ): OperationOutcome {
    if (this.rowCheck === null || --this.#untilVerify > 0) return okOutcome
    this.#untilVerify = this.rowCheck.oneIn
    this.rowsVerified++
    return this.rowCheck.verify(statement, values, Object.values(row)) ? okOutcome : wrongRow
  }

  async #reopen(): Promise<void> {
    const connection = await openConnection(this.target, { connectTimeoutMs })
    if (this.#closed) await connection.close()
    else this.connection = connection
  }
}
