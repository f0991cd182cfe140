import { expect, test } from 'vitest'
import { readServerConditions } from '../../../src/load/server-conditions.js'
import { serverConditionsSuite } from '../../conformance/server-conditions-suite.js'
import { startMariadb } from '../../support/mariadb.js'

serverConditionsSuite(() => startMariadb(['--log-bin', '--server-id=1']), {
  prefix: 'rpl_semi_sync_master',
  waitForNobody: 'rpl_semi_sync_master_wait_no_slave',
})

test('a server that pools its threads is told from one that does not', async () => {
  const server = await startMariadb(['--thread-handling=pool-of-threads', '--thread-pool-size=3'])
  try {
    const connection = await server.connect()
    const conditions = await readServerConditions(connection, { schema: 'mysql', tablePattern: '%' })
    await connection.close()

    expect(conditions.serverThreads).toBe('pool of 3')
  } finally {
    await server.stop()
  }
})
