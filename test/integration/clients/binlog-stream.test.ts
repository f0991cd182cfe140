import { expect, test } from 'vitest'
import { openBinlogStream } from '../../../src/clients/binlog/binlog-stream.js'
import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import { binlogStreamSuite } from '../../conformance/binlog-stream-suite.js'
import { BinlogCollector } from '../../support/binlog-collector.js'
import { startMariadb } from '../../support/mariadb.js'

binlogStreamSuite(mariadbDialect, { engine: 'mariadb', programsDir: null })

test('a leader that writes no checksums is refused', async () => {
  const server = await startMariadb(['--log-bin', '--server-id=1', '--binlog-checksum=NONE'])
  try {
    const opening = openBinlogStream(
      {
        target: { socketPath: server.socketPath, user: 'tester', password: server.password },
        engine: 'mariadb',
        serverId: 900,
        from: '',
        semiSync: false,
        heartbeatMs: 100,
        connectTimeoutMs: 20_000,
      },
      new BinlogCollector(),
    )
    await expect(opening).rejects.toMatchObject({
      code: 'BINLOG_REFUSED',
      message: expect.stringContaining('binlog_checksum = NONE'),
    })
  } finally {
    await server.stop()
  }
})
