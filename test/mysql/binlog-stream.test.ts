import { mysqlDialect } from '../../src/clients/dialects/mysql.js'
import { binlogStreamSuite } from '../conformance/binlog-stream-suite.js'
import { mysqlChoice } from './choice.js'

binlogStreamSuite(mysqlDialect, mysqlChoice)
