import { ignoreOutputErrors } from '../sys/output-errors.js'
import { runKeeper } from './keeper/run-keeper.js'

/**
 * Entry of the keeper's own process: `node keeper-main.js <stateDir> [--standby]`. Everything else it reads from there.
 * A standby waits until the keeper of the environment is gone, in whatever way, and goes on where that one was.
 */
ignoreOutputErrors()
process.exitCode = await runKeeper(process.argv[2] ?? '', { standby: process.argv[3] === '--standby' })
