import { wireSuite } from '../../conformance/wire-suite.js'
import { startMariadb } from '../../support/mariadb.js'

wireSuite(startMariadb)
