import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { schemaStatements } from '../../src/cluster/schema-set.js'
import { systemClock } from '../../src/kit/clock.js'
import { type LegalEntity, legalEntity } from '../../src/model/legal-entity.js'
import type { NodeName } from '../../src/model/node.js'
import {
  type AccountNo,
  accountNoOf,
  type CustomerId,
  subTableName,
  subTableOfCustomer,
} from '../../src/model/sub-tables.js'
import type { Topology } from '../../src/model/topology.js'
import { type DataSource, type DataSourceOptions, openDataSource } from '../../src/platform/data-source.js'
import type { TopologySource } from '../../src/platform/topology-source.js'
import type { TestMariadb } from './mariadb.js'

export const e01: LegalEntity = legalEntity(1)

const schemaDir = new URL('../../templates/mysql/schema', import.meta.url).pathname

/** Applies every schema file of the project to a server. */
export async function createBankTables(connection: SqlConnection): Promise<void> {
  const files = (await readdir(schemaDir)).filter((file) => file.endsWith('.sql')).sort()
  for (const file of files)
    for (const statement of schemaStatements(await readFile(join(schemaDir, file), 'utf8')))
      await connection.query(statement)
}

/** An active account of its own customer, straight into the table. */
export async function putAccount(
  connection: SqlConnection,
  account: {
    readonly customer: number
    readonly balance: bigint
    readonly le?: LegalEntity
    readonly currency?: string
    readonly status?: string
  },
): Promise<AccountNo> {
  const customerId = account.customer as CustomerId
  const accountNo = accountNoOf(customerId, 0)
  const table = subTableName('act.settlement_account', subTableOfCustomer(customerId))
  await connection.execute(`INSERT INTO ${table} VALUES (?, ?, ?, 1, ?, ?, ?, '2026-01-01', 0)`, [
    account.le ?? e01,
    accountNo,
    customerId,
    account.currency ?? 'CNY',
    account.balance,
    account.status ?? 'A',
  ])
  return accountNo
}

/** A topology source that a test turns by hand. */
export class HandTurnedTopology implements TopologySource {
  #listeners: ((topology: Topology) => void)[] = []
  #current: Topology | null

  constructor(initial: Topology | null) {
    this.#current = initial
  }

  publish(topology: Topology): void {
    this.#current = topology
    for (const listener of this.#listeners) listener(topology)
  }

  follow(onTopology: (topology: Topology) => void): void {
    this.#listeners.push(onTopology)
    if (this.#current) onTopology(this.#current)
  }
}

/** A data source over test servers, as the tests' account that may do everything. */
export function dataSourceOf(
  server: TestMariadb,
  topologySource: TopologySource,
  options: Partial<DataSourceOptions> = {},
): DataSource {
  const account = { user: 'tester', password: server.password }
  return openDataSource({ topologySource, account, poolSize: 8, clock: systemClock, ...options })
}

/** Where the nodes are: servers by node name; a node without one cannot be reached. */
export function endpointsOf(servers: Readonly<Record<string, TestMariadb>>) {
  return (name: NodeName) => ({
    host: '127.0.0.1',
    port: servers[name]?.port ?? 1,
    socketPath: servers[name]?.socketPath ?? '/nowhere/at-all.sock',
    controlPort: 1,
  })
}
