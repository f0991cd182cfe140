import type { MysqlTarget } from '../../clients/mysql/connection.js'
import { mix32, type Random, seededRandom } from '../../kit/random.js'
import type { DriverName } from '../bench/run-wishes.js'
import type { DriverSession, DriverValue } from '../drivers/driver.js'
import { type KeyAccess, keyChooser } from '../engine/key-chooser.js'
import type { WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { driverNamed } from './driver-named.js'

/** Updates of a table as sysbench makes it, with its statement, so that both can be put side by side. */
export interface UpdateRowParams {
  readonly driver: DriverName
  readonly target: MysqlTarget
  readonly table: string
  /** Its ids are 1 to this. */
  readonly rowCount: number
  readonly access: KeyAccess
}

/** What `oltp_update_non_index` of sysbench does: each update commits by itself. */
export const updateRowWorkload: WorkloadFactory = async (spec, thread) => {
  const { driver, target, table, rowCount, access } = spec.params as UpdateRowParams
  const chosen = await driverNamed(driver)
  // Keys are the same in every run of a seed; texts are not, or a second run would change nothing and write nothing.
  const textSeed = Number(process.hrtime.bigint() & 0xffff_ffffn)
  const statement = { sql: `UPDATE ${table} SET c=? WHERE id=?`, kind: 'write' } as const
  return {
    classes: ['update-row'],
    openSession: async (index) => {
      const random = seededRandom(mix32(thread.seed ^ index))
      const session = await chosen.open(target, [statement])
      const texts = seededRandom(mix32(textSeed + index))
      return new UpdateRowSession(session, texts, keyChooser(access, rowCount, random))
    },
    close: async () => ({}),
  }
}

class UpdateRowSession implements LoadSession {
  readonly #values: DriverValue[] = ['', 0]
  /** Nine of ten groups stay: a new first one changes the row, and the length is what costs. */
  readonly #rest: string

  constructor(
    private readonly session: DriverSession,
    private readonly random: Random,
    private readonly draw: () => number,
  ) {
    this.#rest = Array.from({ length: 9 }, () => `-${this.#group()}`).join('')
  }

  run(done: (outcome: OperationOutcome) => void): void {
    this.#values[0] = this.#group() + this.#rest
    this.#values[1] = 1 + this.draw()
    this.session.execute(0, this.#values, done)
  }

  close(): Promise<void> {
    return this.session.close()
  }

  #group(): string {
    return String(this.random.below(1_000_000_000)).padStart(11, '0')
  }
}
