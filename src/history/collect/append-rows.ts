import type { SqlConnection } from '../../clients/mysql/connection.js'

/** Read in pieces, so that a long run does not have to fit into memory as rows. */
const rowsAtOnce = 50_000

/** The appended rows of a node, one byte each, by client. */
export async function collectAppends(connection: SqlConnection): Promise<ReadonlyMap<number, Uint8Array>> {
  const byClient = new Map<number, Uint8Array>()
  const clients = await connection.query<{ client: number; last: number }>(
    'SELECT client, MAX(n) AS last FROM bench.append GROUP BY client',
  )
  for (const { client, last } of clients) {
    const rows = new Uint8Array(Number(last) + 1)
    for (let from = 0; from <= last; from += rowsAtOnce) {
      const found = await connection.query<{ n: number }>(
        'SELECT n FROM bench.append WHERE client = ? AND n >= ? AND n < ?',
        [client, from, from + rowsAtOnce],
      )
      for (const { n } of found) rows[n] = 1
    }
    byClient.set(Number(client), rows)
  }
  return byClient
}
