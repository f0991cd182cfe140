import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { schemaStatements } from '../../src/cluster/keeper/schemas.js'

const schemaDir = 'templates/mysql/schema'

/** Creates every schema that the boot of an environment creates. */
export async function createBankSchema(connection: SqlConnection): Promise<void> {
  for (const file of (await readdir(schemaDir)).sort()) {
    for (const statement of schemaStatements(await readFile(join(schemaDir, file), 'utf8'))) {
      await connection.execute(statement)
    }
  }
}
