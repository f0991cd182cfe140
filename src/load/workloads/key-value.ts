import type { MysqlTarget } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import { mix32, seededRandom } from '../../kit/random.js'
import type { DriverName } from '../bench/run-wishes.js'
import type { DriverSession, PreparedStatement } from '../drivers/driver.js'
import { type KeyAccess, keyChooser } from '../engine/key-chooser.js'
import type { WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { driverNamed } from './driver-named.js'
import { kvRowCount, updateStatementOf } from './kv-table.js'

export interface KeyValueParams {
  readonly driver: DriverName
  readonly targets: readonly MysqlTarget[]
  /** Holds the tables `kv` and `entry`. */
  readonly schema: string
  readonly statement: 'read' | 'update' | 'insert'
  readonly access: KeyAccess
  /** Statements that change rows, at most, all threads together; null = no limit. */
  readonly writesMax: number | null
}

/** Single rows of tables without a business meaning: read by key, updated, or inserted, each its own transaction. */
export const keyValueWorkload: WorkloadFactory = async ({ params }, thread) => {
  const { driver, targets, schema, statement, access, writesMax } = params as KeyValueParams
  const chosen = await driverNamed(driver)
  const budget = new WriteBudget(statement === 'read' || writesMax === null ? null : writesMax / thread.of)
  return {
    classes: [statement],
    openSession: async (index) => {
      const target = present(targets[index % targets.length], 'target')
      const session = await chosen.open(target, [statementOf(schema, statement)])
      const random = seededRandom(mix32(thread.seed ^ index))
      const chooser = keyChooser(access, kvRowCount, random)
      if (statement === 'insert') return new InsertSession(session, index, budget)
      return new KeySession(session, chooser, budget)
    },
    close: async () => ({}),
  }
}

/** Ten thousand writes on somebody else's server are what was agreed on, not ten thousand and one. */
class WriteBudget {
  #left: number

  constructor(writes: number | null) {
    this.#left = writes === null ? Number.POSITIVE_INFINITY : Math.floor(writes)
  }

  take(): boolean {
    if (this.#left <= 0) return false
    this.#left--
    return true
  }
}

/** Nothing was sent. */
const capReached: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: 'WRITE_CAP_REACHED' })

class KeySession implements LoadSession {
  readonly #values: number[] = [0]

  constructor(
    private readonly session: DriverSession,
    private readonly chooser: () => number,
    private readonly budget: WriteBudget,
  ) {}

  run(done: (outcome: OperationOutcome) => void): void {
    if (!this.budget.take()) return void setImmediate(done, capReached)
    this.#values[0] = this.chooser()
    this.session.execute(0, this.#values, done)
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

/** Numbers its rows. A number whose insert has no known outcome is not used again. */
class InsertSession implements LoadSession {
  readonly #values: number[]

  constructor(
    private readonly session: DriverSession,
    index: number,
    private readonly budget: WriteBudget,
  ) {
    this.#values = [index, -1]
  }

  run(done: (outcome: OperationOutcome) => void): void {
    if (!this.budget.take()) return void setImmediate(done, capReached)
    this.#values[1] = (this.#values[1] as number) + 1
    this.session.execute(0, this.#values, done)
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

function statementOf(schema: string, statement: KeyValueParams['statement']): PreparedStatement {
  switch (statement) {
    case 'read':
      return { sql: `SELECT value FROM ${schema}.kv WHERE id = ?`, kind: 'read' }
    case 'update':
      return updateStatementOf(schema)
    case 'insert':
      return {
        sql: `INSERT INTO ${schema}.entry (session, n, payload) VALUES (?, ?, REPEAT('x', 100))`,
        kind: 'write',
      }
  }
}
