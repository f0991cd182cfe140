import { serverConditionsSuite } from '../../conformance/server-conditions-suite.js'
import { startMariadb } from '../../support/mariadb.js'

serverConditionsSuite(() => startMariadb(['--log-bin', '--server-id=1']), {
  prefix: 'rpl_semi_sync_master',
  waitForNobody: 'rpl_semi_sync_master_wait_no_slave',
})
