import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { present } from '../kit/assert.js'
import type { Clock } from '../kit/clock.js'
import { corelabError, reasonOf } from '../kit/errors.js'
import type { ExitFact, ProcessId, ProcessRecord } from '../model/process-record.js'
import { ownerVariable, sessionOf } from './leftovers.js'
import { isRemains, readProcStat } from './proc-stat.js'

export interface SpawnedProcess {
  readonly record: ProcessRecord
  /** Settles when the process has ended. Never rejects. */
  readonly exited: Promise<ExitFact>
}

export interface SpawnOptions {
  readonly command: string
  readonly args: readonly string[]
  /** Beside PATH, LANG and HOME, which it may override; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Receives stdout and stderr, appended. A file and not a pipe, so that the process outlives us. */
  readonly outputLog: string
}

/** Clock ticks after boot at which the process started; null when there is none (or only its remains). */
export function startTicksOf(pid: number): string | null {
  const stat = readProcStat(pid)
  return stat === null || isRemains(stat) ? null : stat.startTicks
}

export function isAlive(record: ProcessId): boolean {
  return startTicksOf(record.pid) === record.startTicks
}

/**
 * Starts a process in a session of its own, which goes on when we end. Raises COMPONENT_START_FAILED when the
 * program cannot be executed.
 */
export async function spawnDetached(options: SpawnOptions): Promise<SpawnedProcess> {
  const log = openSync(options.outputLog, 'a', 0o600)
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: { ...baseEnvironment(), ...options.env, [ownerVariable]: options.cwd },
      detached: true,
      stdio: ['ignore', log, log],
    })
    const exited = new Promise<ExitFact>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    // Read before the event loop turns: until then even a process that died at once is still listed.
    const stat = child.pid === undefined ? null : readProcStat(child.pid)
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
    const { pid, startTicks } = present(stat, `/proc entry of ${options.command}`)
    return { record: { pid, startTicks, companion: null }, exited }
  } catch (error) {
    throw corelabError('COMPONENT_START_FAILED', {
      message: `${options.command} cannot be started`,
      detail: reasonOf(error),
      cause: error,
    })
  } finally {
    closeSync(log)
  }
}

const strangerPollMs = 50

/** Settles when a process that is not our child has ended; how it ended, the kernel tells its parent only. */
export async function exitOfStranger(record: ProcessId, clock: Clock): Promise<ExitFact> {
  while (isAlive(record)) await clock.sleep(strangerPollMs)
  return { code: null, signal: null }
}

const goneByPollMs = 20
/** SIGKILL takes effect at once, unless the process hangs in the kernel (a dead disk). */
const killLimitMs = 5_000

/**
 * Ends a process and everything in its session: `signal`, then SIGKILL after `graceMs`, or at once when it is
 * frozen (SIGSTOP) and so cannot see the signal. Does nothing when it is gone. Safe to call twice.
 */
export async function endProcess(
  record: ProcessId,
  options: { readonly signal: NodeJS.Signals; readonly graceMs: number; readonly clock: Clock },
): Promise<void> {
  const { clock } = options
  sendSignal(record, options.signal)
  if (!(await isGoneWithin(record, options.graceMs, clock))) await killProcesses(() => [record], clock)
  await killProcesses(() => sessionOf(record), clock)
}

/** Kills what `find` finds, again and again, until it finds nothing (a dying process may still have forked). */
export async function killProcesses(find: () => readonly ProcessId[], clock: Clock): Promise<void> {
  const startedMs = clock.monotonicMs()
  for (;;) {
    const found = find().filter(isAlive)
    if (found.length === 0 || clock.monotonicMs() - startedMs > killLimitMs) return
    for (const each of found) sendSignal(each, 'SIGKILL')
    await clock.sleep(goneByPollMs)
  }
}

/** Sends a signal unless the process is gone; true when it was sent. */
export function sendSignal(record: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(record)) return false
  try {
    return process.kill(record.pid, signal)
  } catch {
    return false
  }
}

/** Resident memory in bytes; null when the process is gone. */
export function memoryBytesOf(pid: number): number | null {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return match ? Number(match[1]) * 1024 : null
  } catch {
    return null
  }
}

/** PATH finds the helpers of a server's start script; the C locale keeps log lines in English. */
function baseEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: process.env.HOME ?? '/',
    LANG: 'C.UTF-8',
  }
}

/** False when the time is over, or the process is frozen and would let any time pass. */
async function isGoneWithin(record: ProcessId, limitMs: number, clock: Clock): Promise<boolean> {
  const startedMs = clock.monotonicMs()
  while (isAlive(record)) {
    if (clock.monotonicMs() - startedMs >= limitMs) return false
    if (readProcStat(record.pid)?.state === 'T') return false
    await clock.sleep(goneByPollMs)
  }
  return true
}
