import { mariadbDialect } from '../../src/clients/dialects/mariadb.js'
import { dialectSuite } from './dialect-suite.js'

dialectSuite(mariadbDialect, { engine: 'mariadb', programsDir: null })
