import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { DataSource } from '../../platform/data-source.js'

/** Where orders of a flash sale are kept for good: a row per token that was used. Beside the stock, the other half of the seam. */
export interface OrderBook {
  /** The buyer ordered with the token, and has not paid. Durable when it returns. */
  place(order: FlashOrder): Promise<void>
  /** How the payment ended. */
  settle(order: FlashOrder, status: 'confirmed' | 'returned'): Promise<void>
}

export interface FlashOrder {
  readonly round: number
  readonly token: number
  readonly buyer: number
}

export type OrderStatus = 'P' | 'C' | 'R'

export function sqlOrderBook(dataSource: DataSource, table: string, sale: string): OrderBook {
  const insert = `INSERT INTO ${table} (sale, round, token, buyer, status) VALUES (?, ?, ?, ?, 'P')`
  const update = `UPDATE ${table} SET status = ? WHERE sale = ? AND round = ? AND token = ? AND status = 'P'`
  return {
    async place({ round, token, buyer }) {
      await dataSource.write((connection) => connection.execute(insert, [sale, round, token, buyer]))
    },
    async settle({ round, token }, status) {
      const letter: OrderStatus = status === 'confirmed' ? 'C' : 'R'
      await dataSource.write((connection) => connection.execute(update, [letter, sale, round, token]))
    },
  }
}

/** Idempotent. */
export async function createOrderTable(connection: SqlConnection, table: string): Promise<void> {
  await connection.execute(`CREATE TABLE IF NOT EXISTS ${table} (
    sale VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    round INT NOT NULL,
    token INT NOT NULL,
    buyer INT NOT NULL,
    status CHAR(1) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'P pending, C confirmed, R returned',
    PRIMARY KEY (sale, round, token)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`)
}

/** Takes away the orders of sales whose name sorts before that one. */
export async function dropOldOrders(connection: SqlConnection, table: string, before: string): Promise<void> {
  await connection.execute(`DELETE FROM ${table} WHERE sale < ?`, [before])
}

export interface OrderRow {
  readonly round: number
  readonly token: number
  readonly buyer: number
  readonly status: OrderStatus
}

export function readOrders(connection: SqlConnection, table: string, sale: string): Promise<OrderRow[]> {
  return connection.query<OrderRow>(
    `SELECT round, token, buyer, status FROM ${table} WHERE sale = ? ORDER BY round, token`,
    [sale],
  )
}
