import type { MysqlTarget } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import { mix32, type Random } from '../../kit/random.js'
import {
  type AccountNo,
  customerOfAccount,
  subTableCount,
  subTableName,
  subTableOfAccount,
} from '../../model/sub-tables.js'
import type { PopulationSpec } from '../../population/population.js'
import { AccountSampler, sampledPopulation } from '../account-sampler.js'
import type { DriverName } from '../bench/run-wishes.js'
import type { DriverSession, DriverValue, PreparedStatement, RowCell } from '../drivers/driver.js'
import { type KeyAccess, keyChooser } from '../engine/key-chooser.js'
import type { WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { driverNamed } from './driver-named.js'

export interface AccountReadParams {
  readonly driver: DriverName
  /** Connections take turns. */
  readonly targets: readonly MysqlTarget[]
  readonly population: PopulationSpec
  /** Which customers are wanted how often. */
  readonly access: KeyAccess
  /** One row in so many is decoded and looked at. */
  readonly verifyOneIn: number
}

/** Reads accounts of the population by primary key. Counts `rowsVerified`. */
export const accountReadWorkload: WorkloadFactory = async ({ params }, thread) => {
  const { driver, targets, population, access, verifyOneIn } = params as AccountReadParams
  const shared = sampledPopulation(population)
  const chosen = await driverNamed(driver)
  const sessions: DriverSession[] = []
  const chooser = (random: Random) => keyChooser(access, shared.count, random)
  return {
    classes: ['read'],
    openSession: async (index) => {
      const target = present(targets[index % targets.length], 'read target')
      const session = await chosen.open(target, accountReadStatements, {
        oneIn: verifyOneIn,
        verify: isRowOf,
      })
      sessions.push(session)
      const sampler = new AccountSampler(shared, mix32(thread.seed ^ index), chooser)
      return new AccountReadSession(session, sampler)
    },
    close: async () => ({ rowsVerified: sessions.reduce((sum, each) => sum + each.rowsVerified, 0) }),
  }
}

/** One per sub-table, in order. Values: legal entity, account number. */
export const accountReadStatements: readonly PreparedStatement[] = Array.from(
  { length: subTableCount },
  (_, subTable) => ({ sql: accountReadSql(subTable), kind: 'read' }),
)

export function accountReadSql(subTable: number): string {
  const table = subTableName('act.settlement_account', subTable)
  return `SELECT customer_id, balance FROM ${table} WHERE le_code = ? AND account_no = ?`
}

/** One client that reads random accounts by primary key. */
class AccountReadSession implements LoadSession {
  constructor(
    private readonly session: DriverSession,
    private readonly sampler: AccountSampler,
  ) {}

  run(done: (outcome: OperationOutcome) => void): void {
    const { le, accountNo } = this.sampler.account()
    this.session.execute(subTableOfAccount(accountNo), [le, accountNo], done)
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

/** Whose account it is follows from its number; the balance may move. */
function isRowOf(
  _statement: number,
  [, accountNo]: readonly DriverValue[],
  [customerId, balance]: readonly RowCell[],
): boolean {
  return customerId === customerOfAccount(accountNo as AccountNo) && typeof balance === 'number'
}
