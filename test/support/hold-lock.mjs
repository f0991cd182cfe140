// `node hold-lock.mjs <path> <purpose>`: takes a lock, says `held`, and keeps it until it is killed.
import { systemClock } from '../../dist/kit/clock.js'
import { acquireLock } from '../../dist/sys/locks.js'

const [path = '', purpose = ''] = process.argv.slice(2)
const signal = new AbortController().signal
await acquireLock(path, { purpose, waitMs: 60_000, clock: systemClock, signal })
process.stdout.write('held\n')
setInterval(() => undefined, 1000)
