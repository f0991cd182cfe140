import { mysqlDialect } from '../../src/clients/dialects/mysql.js'
import { replaySuite } from '../conformance/replay-suite.js'
import { mysqlChoice } from './choice.js'

replaySuite(mysqlDialect, mysqlChoice)
