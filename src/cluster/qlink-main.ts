import { ignoreOutputErrors } from '../sys/output-errors.js'
import { runQlink } from './qlink/run-qlink.js'

/** Entry of qlink's own process: `node qlink-main.js <stateDir>`. Everything else it reads from there. */
ignoreOutputErrors()
process.exitCode = await runQlink(process.argv[2] ?? '')
