import { resolve } from 'node:path'
import type { DatabaseChoice } from '../../src/components/mysql/installation.js'

/** The real MySQL that `npm run test:mysql` found or fetched. */
export const mysqlChoice: DatabaseChoice = { engine: 'mysql', programsDir: programsDir() }

function programsDir(): string {
  const dir = process.env.CORELAB_TEST_MYSQL_BIN
  if (!dir) throw new Error('these tests need a real MySQL: npm run test:mysql')
  return resolve(dir)
}
