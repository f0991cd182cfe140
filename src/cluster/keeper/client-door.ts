import type { SqlConnection } from '../../clients/mysql/connection.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'

/** They are let in before clients are: without them qlink never gets what the others must not see yet. */
const letInFirst = [databaseAccounts.qlink, databaseAccounts.replication]

/**
 * Starts a server that turns away everybody but the keeper, qlink and replicas, until {@link letClientsIn}. For a master
 * that is started as it is: its recovery commits what was in its binlog, also what nobody has acknowledged, and whoever
 * read that now (a look-up of an idempotency key above all) would take it for durable while it still can be lost.
 *
 * Runs in each new session of an account without CONNECTION ADMIN; a statement that fails there ends the session before
 * its first query, with error 1184 (https://mariadb.com/kb/en/server-system-variables/#init_connect).
 */
export const closedToClients: readonly string[] = Object.freeze([
  '--init-connect=SET @corelab_closed = (SELECT 1 FROM (SELECT 1 UNION SELECT 2) AS closed ' +
    `WHERE SUBSTRING_INDEX(USER(), '@', 1) NOT IN (${letInFirst.map((name) => `'${name}'`).join(', ')}))`,
])

/** The master is open: what it shows is acknowledged. Harmless on a server that was never closed. */
export async function letClientsIn(connection: SqlConnection): Promise<void> {
  await connection.query("SET GLOBAL init_connect = ''")
}
