import type { MysqlTarget, SqlConnection } from '../../clients/mysql/connection.js'
import { openConnection } from '../../clients/mysql/connection.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { NodeName } from '../../model/node.js'
import type { DrillRun } from './drill-run.js'
import { endpointOf } from './drill-run.js'

const connectTimeoutMs = 5000

/** As whom a drill talks to a node: the keeper's account may change everything but the business, workload only `bench`. */
export type DrillAccount = 'keeper' | 'workload'

/** Where the nodes are, and the passwords. */
export type NodeDoors = Pick<DrillRun, 'plan' | 'endpoints'>

/** Past any proxy: what a drill looks at is not what it breaks. The keeper's account comes by the control port. */
export function targetOf(run: NodeDoors, node: NodeName, account: DrillAccount): MysqlTarget {
  const { host, port, controlPort } = endpointOf(run, node)
  const { database } = run.endpoints.secrets
  return account === 'keeper'
    ? { host, port: controlPort, user: databaseAccounts.keeper, password: database.keeper }
    : { host, port, user: databaseAccounts.workload, password: database.workload }
}

export function openSession(
  run: NodeDoors,
  node: NodeName,
  account: DrillAccount,
  statementLimitMs = 10_000,
): Promise<SqlConnection> {
  return openConnection(targetOf(run, node, account), { connectTimeoutMs, statementLimitMs })
}

/** One session for a few statements. */
export async function askNode<T>(
  run: NodeDoors,
  node: NodeName,
  account: DrillAccount,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const connection = await openSession(run, node, account)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}
