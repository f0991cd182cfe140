import { runKeeper } from './keeper/run-keeper.js'

/** Entry of the keeper's own process: `node keeper-main.js <stateDir>`. Everything else it reads from there. */
process.exitCode = await runKeeper(process.argv[2] ?? '')
