import { serverConditionsSuite } from '../conformance/server-conditions-suite.js'
import { startMysql } from './mysql-server.js'

serverConditionsSuite(startMysql, {
  prefix: 'rpl_semi_sync_source',
  waitForNobody: 'rpl_semi_sync_source_wait_no_replica',
})
