import type { SqlConnection } from '../clients/mysql/connection.js'

/** The settings that were really in force, read from the server: a figure is never without them. */
export interface ServerConditions {
  /** One sentence about what a commit waited for. */
  readonly durability: string
  readonly bufferPoolBytes: number
  /** Who serves the connections: `one per connection`, `pool of 2`. */
  readonly serverThreads: string
  /** Rows and indexes of the tables that are used, as the server estimates them. */
  readonly dataBytes: number
}

/** Reads them in few statements; `tables` is an SQL pattern such as `act.settlement_account_%`. */
export async function readServerConditions(
  connection: SqlConnection,
  tables: { readonly schema: string; readonly tablePattern: string },
): Promise<ServerConditions> {
  const variables = await readVariables(connection)
  // MySQL remembers sizes for a day: those of a table that has grown would be the ones of an empty one.
  if (variables.has(sizesExpiry)) await connection.query(`SET SESSION ${sizesExpiry} = 0`)
  const [size] = await connection.query<{ bytes: string | number }>(
    `SELECT COALESCE(SUM(data_length + index_length), 0) AS bytes FROM information_schema.tables
      WHERE table_schema = ? AND table_name LIKE ?`,
    [tables.schema, tables.tablePattern],
  )
  return {
    durability: durabilitySentence(variables),
    bufferPoolBytes: Number(variables.get('innodb_buffer_pool_size') ?? 0),
    serverThreads: threadWords(variables),
    dataBytes: Number(size?.bytes ?? 0),
  }
}

const sizesExpiry = 'information_schema_stats_expiry'

/** Names differ between engines and versions; what a server does not have does not apply to it. */
const variableNames = [
  sizesExpiry,
  'innodb_buffer_pool_size',
  'thread_handling',
  'thread_pool_size',
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'sync_binlog',
  'rpl_semi_sync_master_enabled',
  'rpl_semi_sync_master_wait_point',
  'rpl_semi_sync_source_enabled',
  'rpl_semi_sync_source_wait_point',
  'rpl_semi_sync_master_wait_no_slave',
  'rpl_semi_sync_source_wait_no_replica',
]
/** A source that gave up waiting stays enabled. */
const statusNames = [
  'Rpl_semi_sync_master_status',
  'Rpl_semi_sync_source_status',
  'Rpl_semi_sync_master_clients',
  'Rpl_semi_sync_source_clients',
]

async function readVariables(connection: SqlConnection): Promise<ReadonlyMap<string, string>> {
  const show = (what: 'VARIABLES' | 'STATUS', names: readonly string[]) =>
    connection.query<{ Variable_name: string; Value: string }>(
      `SHOW GLOBAL ${what} WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
    )
  const rows = [...(await show('VARIABLES', variableNames)), ...(await show('STATUS', statusNames))]
  return new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]))
}

/** MySQL has its pool as a plugin, and calls it loaded-dynamically. */
function threadWords(variables: ReadonlyMap<string, string>): string {
  const handling = variables.get('thread_handling') ?? 'unknown'
  if (handling === 'one-thread-per-connection') return 'one per connection'
  const size = variables.get('thread_pool_size')
  return size === undefined ? handling : `pool of ${size}`
}

function durabilitySentence(variables: ReadonlyMap<string, string>): string {
  const value = (name: string) => variables.get(name) ?? 'unknown'
  return [
    `redo log flush ${value('innodb_flush_log_at_trx_commit')}`,
    value('log_bin') === 'ON' ? `sync_binlog ${value('sync_binlog')}` : 'no binlog',
    semiSyncWords(variables),
  ].join(', ')
}

/** Whether commits wait at the moment: until a replica answered, or, without one, not at all where they need not. */
function semiSyncWords(variables: ReadonlyMap<string, string>): string {
  const value = (...names: readonly string[]) =>
    names.map((name) => variables.get(name)).find((each) => each !== undefined)
  const source = (what: string) => value(`rpl_semi_sync_master_${what}`, `rpl_semi_sync_source_${what}`)
  const now = (what: string) => value(`Rpl_semi_sync_master_${what}`, `Rpl_semi_sync_source_${what}`)
  if (source('enabled') !== 'ON') return 'no semi-sync'
  const waitsForNobody = value('rpl_semi_sync_master_wait_no_slave', 'rpl_semi_sync_source_wait_no_replica')
  const waits = now('status') === 'ON' && (Number(now('clients')) > 0 || waitsForNobody !== 'OFF')
  return waits ? `semi-sync ${source('wait_point') ?? ''}`.trim() : 'no semi-sync (enabled, but not waiting)'
}
