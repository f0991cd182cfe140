import type { MysqlTarget } from '../../clients/mysql/connection.js'
import type { OperationOutcome } from '../load-run.js'

/** A statement that is prepared once per session and then executed with other values each time. */
export interface PreparedStatement {
  readonly sql: string
  /** A read must return exactly one row, a write must change exactly one: anything else counts as failed. */
  readonly kind: 'read' | 'write'
}

/**
 * A way to talk to one database server. Drivers differ in what an operation costs the client; results name the driver,
 * because numbers of different drivers do not compare.
 */
export interface Driver {
  readonly name: string
  /** Opens one session. Throws DATABASE_UNREACHABLE or DATABASE_REFUSED. */
  open(target: MysqlTarget, statements: readonly PreparedStatement[]): Promise<DriverSession>
}

/** Integers travel as BIGINT, texts as they are. */
export type DriverValue = number | string

/** One session with one operation under way at a time. */
export interface DriverSession {
  /** Executes the statement of that index; `done` is called once. A lost session is opened anew by the next call. */
  execute(statement: number, values: readonly DriverValue[], done: (outcome: OperationOutcome) => void): void
  /** Never rejects. */
  close(): Promise<void>
}
