import type { WireValue } from '../../src/clients/mysql/wire/execute-request.js'
import type { WireConnection, WireStatement } from '../../src/clients/mysql/wire/wire-connection.js'

/** One execution, with its first row. */
export function ask(connection: WireConnection, statement: WireStatement, values: readonly WireValue[]) {
  return new Promise<{ errno: number | null; count: number; row: unknown }>((resolve, reject) => {
    connection.listen(({ error, count, row }) => resolve({ errno: error?.errno ?? null, count, row }), reject)
    connection.execute(statement, values, true)
  })
}
