import type { Context } from '../../kit/context.js'
import { type BenchCore, masterOf } from '../bench/bench-core.js'
import { fillBenchTable } from '../workloads/kv-table.js'
import { withNode } from './with-node.js'

/** Filling a table, and waiting for its acknowledgement, may take a moment. */
const statementLimitMs = 60_000

/** Makes `kv` with its rows, and `entry` without any, in the schema for benchmarks. Idempotent. */
export function makeBenchTables(core: BenchCore, { signal }: Context): Promise<void> {
  return withNode(masterOf(core), { statementLimitMs, signal }, async (connection) => {
    const schema = core.benchSchema
    for (const sql of tableStatements(schema)) await connection.execute(sql)
    await fillBenchTable(connection, schema)
  })
}

/** Empties `entry`: only what one run inserts is counted. */
export function emptyEntries(core: BenchCore, { signal }: Context): Promise<void> {
  return withNode(masterOf(core), { statementLimitMs, signal }, async (connection) => {
    await connection.execute(`TRUNCATE TABLE ${core.benchSchema}.entry`)
  })
}

const tableEnd = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'
const payload = 'payload CHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL'

function tableStatements(schema: string): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${schema}.kv (id BIGINT NOT NULL, value BIGINT NOT NULL, ${payload}, PRIMARY KEY (id)) ${tableEnd}`,
    `CREATE TABLE IF NOT EXISTS ${schema}.entry (session BIGINT NOT NULL, n BIGINT NOT NULL, ${payload}, PRIMARY KEY (session, n)) ${tableEnd}`,
  ]
}
