import type { SqlConnection } from '../clients/mysql/connection.js'

/** The settings that were really in force, read from the server: a figure is never without them. */
export interface ServerConditions {
  /** One sentence about what a commit waited for. */
  readonly durability: string
  readonly bufferPoolBytes: number
  /** Rows and indexes of the tables that are used, as the server estimates them. */
  readonly dataBytes: number
}

/** Reads them in two statements; `tables` is an SQL pattern such as `act.settlement_account_%`. */
export async function readServerConditions(
  connection: SqlConnection,
  tables: { readonly schema: string; readonly tablePattern: string },
): Promise<ServerConditions> {
  const variables = await readVariables(connection)
  const [size] = await connection.query<{ bytes: string | number }>(
    `SELECT COALESCE(SUM(data_length + index_length), 0) AS bytes FROM information_schema.tables
      WHERE table_schema = ? AND table_name LIKE ?`,
    [tables.schema, tables.tablePattern],
  )
  return {
    durability: durabilitySentence(variables),
    bufferPoolBytes: Number(variables.get('innodb_buffer_pool_size') ?? 0),
    dataBytes: Number(size?.bytes ?? 0),
  }
}

/** Names differ between engines and versions; what a server does not have does not apply to it. */
const variableNames = [
  'innodb_buffer_pool_size',
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'sync_binlog',
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_master_wait_point',
  'rpl_semi_sync_source_enabled',
  'rpl_semi_sync_source_wait_point',
]

async function readVariables(connection: SqlConnection): Promise<ReadonlyMap<string, string>> {
  const names = variableNames.map((name) => `'${name}'`).join(', ')
  const rows = await connection.query<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`,
  )
  return new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]))
}

function durabilitySentence(variables: ReadonlyMap<string, string>): string {
  const value = (...names: readonly string[]) =>
    names.map((name) => variables.get(name)).find((each) => each !== undefined)
  const parts = [`redo log flush ${value('innodb_flush_log_at_trx_commit') ?? 'unknown'}`]
  parts.push(value('log_bin') === 'ON' ? `sync_binlog ${value('sync_binlog') ?? 'unknown'}` : 'no binlog')
  const semiSync = value('rpl_semi_sync_master_enabled', 'rpl_semi_sync_source_enabled') === 'ON'
  const waitPoint = value('rpl_semi_sync_master_wait_point', 'rpl_semi_sync_source_wait_point')
  parts.push(semiSync ? `semi-sync ${waitPoint ?? ''}`.trim() : 'no semi-sync')
  return parts.join(', ')
}
