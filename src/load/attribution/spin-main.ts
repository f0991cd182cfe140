import { parentPort } from 'node:worker_threads'
import { shortestSpinMs } from './spin-kernel.js'

/** The entry of the thread that looks once per second how fast a core runs; ends with its parent's `terminate`. */
const intervalMs = 1000
const now = () => performance.now()

// The compiler of the engine must be done before the first look.
for (let warmUp = 0; warmUp < 20; warmUp++) shortestSpinMs(now)
const look = () => parentPort?.postMessage(shortestSpinMs(now))
look()
setInterval(look, intervalMs)
