import { subTableCount, subTableName, subTableOfAccount } from '../../model/sub-tables.js'
import type { AccountSampler } from '../account-sampler.js'
import type { DriverSession, PreparedStatement } from '../drivers/driver.js'
import type { OperationOutcome } from '../load-run.js'
import type { LoadSession } from '../load-session.js'

/** One statement per sub-table, in order. */
export const pointReadStatements: readonly PreparedStatement[] = Array.from(
  { length: subTableCount },
  (_, subTable) => ({ sql: pointReadSql(subTable), kind: 'read' }),
)

export function pointReadSql(subTable: number): string {
  return `SELECT balance FROM ${subTableName('act.settlement_account', subTable)} WHERE le_code = ? AND account_no = ?`
}

/** One client that reads the balances of random accounts by primary key. */
export class PointReadSession implements LoadSession {
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
