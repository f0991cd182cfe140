import { mysqlDialect } from '../../src/clients/dialects/mysql.js'
import { dialectSuite } from '../conformance/dialect-suite.js'
import { mysqlChoice } from './choice.js'

dialectSuite(mysqlDialect, mysqlChoice)
