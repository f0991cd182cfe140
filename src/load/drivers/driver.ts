import type { MysqlTarget } from '../../clients/mysql/connection.js'
import type { OperationOutcome } from '../operation-outcome.js'

/** A statement that is prepared once per session and then executed with other values each time. */
export interface PreparedStatement {
  readonly sql: string
  /** A read must return exactly one row, a write must match exactly one: anything else counts as failed. */
  readonly kind: 'read' | 'write'
}

/**
 * Looks at the row that a read brought, for one execution in `oneIn`. False = it is not the row that was asked for, and
 * the operation failed as `WRONG_ROW`.
 */
export interface RowCheck {
  readonly oneIn: number
  readonly verify: (statement: number, values: readonly DriverValue[], row: readonly RowCell[]) => boolean
}

/** Exact integers as numbers; larger ones and decimals as texts. */
export type RowCell = number | string | null

/**
 * A way to talk to one database server. Drivers differ in what an operation costs the client; results name the driver,
 * because numbers of different drivers do not compare.
 */
export interface Driver {
  readonly name: string
  /** Opens one session. Throws DATABASE_UNREACHABLE or DATABASE_REFUSED. */
  open(
    target: MysqlTarget,
    statements: readonly PreparedStatement[],
    rowCheck?: RowCheck,
  ): Promise<DriverSession>
}

/** Integers travel as BIGINT, texts as they are. */
export type DriverValue = number | string

/** One session with one operation under way at a time. */
export interface DriverSession {
  /** How many rows the row check has looked at. */
  readonly rowsVerified: number
  /**
   * Executes the statement of that index; `done` is called once. `values` are read before it returns, or until `done`. A
   * lost session is opened anew by the next call.
   */
  execute(statement: number, values: readonly DriverValue[], done: (outcome: OperationOutcome) => void): void
  /** Never rejects. */
  close(): Promise<void>
}

export const notOneRow: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: 'NOT_ONE_ROW' })
export const wrongRow: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: 'WRONG_ROW' })

let sessionsOpened = 0

/** After how many executions a new session looks at its first row: sessions do not look all at once, nor never. */
export function firstCheckAfter(rowCheck: RowCheck | null): number {
  if (rowCheck === null) return Number.POSITIVE_INFINITY
  return 1 + ((sessionsOpened++ * 617) % rowCheck.oneIn)
}
