import type { MysqlTarget } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import { mix32, seededRandom } from '../../kit/random.js'
import type { DriverName } from '../bench/run-wishes.js'
import type { DriverSession, RowCell } from '../drivers/driver.js'
import { type KeyAccess, keyChooser } from '../engine/key-chooser.js'
import type { WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { driverNamed } from './driver-named.js'

/** Reads of a table as sysbench makes it, with its statement, so that both can be put side by side. */
export interface PointSelectParams {
  readonly driver: DriverName
  /** Connections take turns. */
  readonly targets: readonly MysqlTarget[]
  /** With its schema, or of the target's database. */
  readonly table: string
  /** Its ids are 1 to this. */
  readonly rowCount: number
  readonly access: KeyAccess
  /** One row in so many is decoded and looked at; null = none. */
  readonly verifyOneIn: number | null
}

/** What `oltp_point_select` of sysbench does. */
export const pointSelectWorkload: WorkloadFactory = async (spec, thread) => {
  const { targets, table, rowCount, access, verifyOneIn, driver } = spec.params as PointSelectParams
  const chosen = await driverNamed(driver)
  const statement = { sql: `SELECT c FROM ${table} WHERE id=?`, kind: 'read' } as const
  const check = verifyOneIn === null ? undefined : { oneIn: verifyOneIn, verify: isSysbenchRow }
  const sessions: DriverSession[] = []
  return {
    classes: ['point-select'],
    openSession: async (index) => {
      const target = present(targets[index % targets.length], 'target')
      const session = await chosen.open(target, [statement], check)
      sessions.push(session)
      const random = seededRandom(mix32(thread.seed ^ index))
      return new PointSelectSession(session, keyChooser(access, rowCount, random))
    },
    close: async () => ({ rowsVerified: sessions.reduce((sum, each) => sum + each.rowsVerified, 0) }),
  }
}

class PointSelectSession implements LoadSession {
  readonly #values = [0]

  constructor(
    private readonly session: DriverSession,
    private readonly draw: () => number,
  ) {}

  run(done: (outcome: OperationOutcome) => void): void {
    this.#values[0] = 1 + this.draw()
    this.session.execute(0, this.#values, done)
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

/** Ten groups of eleven digits. */
const sysbenchText = /^\d{11}(?:-\d{11}){9}$/

function isSysbenchRow(_statement: number, _values: unknown, [c]: readonly RowCell[]): boolean {
  return typeof c === 'string' && sysbenchText.test(c)
}
