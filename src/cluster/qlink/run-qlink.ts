import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { dialectOf } from '../../clients/dialects/dialect-of.js'
import { present } from '../../kit/assert.js'
import { isoTime, systemClock } from '../../kit/clock.js'
import { toCorelabError } from '../../kit/errors.js'
import { exitCodes } from '../../kit/exit-codes.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { Secrets } from '../../model/secrets.js'
import { defaultQlinkLimits } from '../../protocol/qlink/state.js'
import { readJsonFile } from '../../sys/files.js'
import type { HeldLock } from '../../sys/locks.js'
import { acquireLock } from '../../sys/locks.js'
import { statePaths } from '../../sys/state-dir.js'
import { qlinkSocketOf } from '../qlink-client.js'
import { hostDisk } from './log/disk.js'
import { defaultLogLimits } from './log/qlink-log.js'
import { startQlink } from './start-qlink.js'

/** A qlink that was killed a moment ago may not be quite gone. */
const lockWaitMs = 2000

/** The life of qlink's process, until SIGTERM or SIGINT. Returns its exit code; what it says goes to its log file. */
export async function runQlink(stateDir: string): Promise<number> {
  const ending = endWish()
  let lock: HeldLock | null = null
  try {
    lock = await lockOf(stateDir, ending.signal)
    const qlink = await start(stateDir)
    say(`qlink is there (process ${process.pid})`)
    await ending.wished
    await qlink.close()
    say('qlink ends in order')
    return exitCodes.ok
  } catch (error) {
    const { message, detail, entry } = toCorelabError(error)
    say([message, detail].filter(Boolean).join('\n'))
    return entry.exit
  } finally {
    await lock?.release()
  }
}

/** Two processes on one log would both write at its end: only one may have it. */
async function lockOf(stateDir: string, signal: AbortSignal): Promise<HeldLock> {
  const { dir } = statePaths(stateDir).component('qlink')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return acquireLock(join(dir, 'lock'), { purpose: 'qlink', waitMs: lockWaitMs, clock: systemClock, signal })
}

async function start(stateDir: string) {
  const paths = statePaths(stateDir)
  const plan = present(await readJsonFile<BootPlan>(paths.planFile), paths.planFile)
  const secrets = present(await readJsonFile<Secrets>(paths.secretsFile), paths.secretsFile)
  const dataDir = paths.component('qlink').data
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  return startQlink({
    dataDir,
    socketPath: qlinkSocketOf(plan.socketDir),
    password: secrets.database.qlink,
    dialect: dialectOf(plan.engine),
    disk: hostDisk,
    logLimits: defaultLogLimits,
    limits: defaultQlinkLimits,
    clock: systemClock,
    say,
  })
}

function endWish(): { readonly signal: AbortSignal; readonly wished: Promise<void> } {
  const ending = new AbortController()
  const wished = new Promise<void>((resolve) => {
    ending.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  process.on('SIGTERM', () => ending.abort())
  process.on('SIGINT', () => ending.abort())
  // The terminal that started the environment may go away.
  process.on('SIGHUP', () => undefined)
  // A limit on the size of files is an error of the write, and not the end of the process.
  process.on('SIGXFSZ', () => undefined)
  return { signal: ending.signal, wished }
}

function say(line: string): void {
  process.stdout.write(`${isoTime(systemClock.wallMs())} ${line}\n`)
}
