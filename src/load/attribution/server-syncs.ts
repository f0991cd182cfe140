import { openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import { type BenchNode, targetOf } from '../bench/bench-core.js'

const limits = { connectTimeoutMs: 5000, statementLimitMs: 5000 }

/** Counts how often a server has synced files; asks by TCP or socket with the account of the load. */
export class ServerSyncs {
  private constructor(private readonly connection: SqlConnection) {}

  /** Throws what connecting throws. */
  static async open(node: BenchNode): Promise<ServerSyncs> {
    return new ServerSyncs(await openConnection(targetOf(node), limits))
  }

  /**
   * Of data files and redo log together, and of the binlog: one per group of commits with `sync_binlog=1`. null when the
   * server does not answer or, like MySQL, does not count the syncs of its binlog.
   */
  async count(): Promise<number | null> {
    const rows = await this.connection
      .query<{ Variable_name: string; Value: string }>(
        `SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_data_fsyncs', 'Binlog_group_commits')`,
      )
      .catch(() => [])
    const value = (name: string) => rows.find((row) => row.Variable_name === name)?.Value
    const [files, groups] = [value('Innodb_data_fsyncs'), value('Binlog_group_commits')]
    return files === undefined || groups === undefined ? null : Number(files) + Number(groups)
  }

  close(): Promise<void> {
    return this.connection.close()
  }
}
