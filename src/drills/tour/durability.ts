import type { SqlConnection } from '../../clients/mysql/connection.js'

interface DurabilityRow {
  readonly binlog: number
  readonly redo: number
  readonly semiSync: number
  readonly waitPoint: string
}

/** What the master waits for before it says OK, in words, read from the running server. */
export async function readDurability(master: SqlConnection): Promise<string> {
  const [row] = await master.query<DurabilityRow>(
    `SELECT @@GLOBAL.sync_binlog AS binlog, @@GLOBAL.innodb_flush_log_at_trx_commit AS redo,
            @@GLOBAL.rpl_semi_sync_master_enabled AS semiSync, @@GLOBAL.rpl_semi_sync_master_wait_point AS waitPoint`,
  )
  return row ? durabilityInWords(row) : 'not known'
}

export function durabilityInWords(row: DurabilityRow): string {
  const disk =
    Number(row.binlog) === 1 && Number(row.redo) === 1
      ? 'fsync of binlog and redo log at every commit'
      : `relaxed: sync_binlog=${row.binlog}, innodb_flush_log_at_trx_commit=${row.redo}`
  const second =
    Number(row.semiSync) === 1
      ? `semi-sync ${row.waitPoint}: one more node has received it`
      : 'no second node waited for'
  return `${disk}; ${second}`
}
