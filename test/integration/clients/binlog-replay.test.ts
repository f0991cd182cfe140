import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import { replaySuite } from '../../conformance/replay-suite.js'

replaySuite(mariadbDialect, { engine: 'mariadb', programsDir: null })
