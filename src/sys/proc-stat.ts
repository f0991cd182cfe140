import { readdirSync, readFileSync } from 'node:fs'
import { corelabError } from '../kit/errors.js'

/** What the kernel says about a process, from `/proc/<pid>/stat`. */
export interface ProcStat {
  readonly pid: number
  /** One letter; `Z` is dead but not yet collected, `T` is stopped. */
  readonly state: string
  readonly parentPid: number
  readonly groupId: number
  readonly sessionId: number
  /** Clock ticks after boot. With the pid it names one process for as long as the machine is up. */
  readonly startTicks: string
}

/** null when there is no such process. Raises PROGRAM_MISSING on a system without `/proc`. */
export function readProcStat(pid: number): ProcStat | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    requireProc()
    return null
  }
  return parseProcStat(text)
}

export function parseProcStat(text: string): ProcStat | null {
  const fields = fieldsAfterName(text)
  const [state, parentPid, groupId, sessionId] = fields
  const startTicks = fields[startTicksField]
  if (state === undefined || startTicks === undefined) return null
  return {
    pid: Number.parseInt(text, 10),
    state,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(sessionId),
    startTicks,
  }
}

/**
 * CPU time of a process since it began, milliseconds in steps of 10: user and system, all threads, ended ones included.
 * null when there is no such process, or no `/proc`.
 */
export function readCpuMs(pid: number): number | null {
  try {
    return parseCpuMs(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return null
  }
}

/** Of the text of `/proc/<pid>/stat`. */
export function parseCpuMs(text: string): number | null {
  const fields = fieldsAfterName(text)
  const ticks = Number(fields[userTicksField]) + Number(fields[systemTicksField])
  return Number.isFinite(ticks) ? ticks * tickMs : null
}

/** The kernel shows times in hundredths of a second whatever its own clock is (USER_HZ). */
export const tickMs = 10

/** Fields 14, 15 and 22 of the whole line (proc_pid_stat(5)), counted from field 3. */
const userTicksField = 11
const systemTicksField = 12
const startTicksField = 19

/**
 * From field 3 on. Field 2 is the command in parentheses and may itself hold spaces and parentheses: the last `)` ends it;
 * without one there are no fields.
 */
function fieldsAfterName(text: string): readonly string[] {
  const nameEnd = text.lastIndexOf(')')
  return nameEnd < 0 ? [] : text.slice(nameEnd + 2).split(' ')
}

/** Dead, and only listed until its parent has asked how it ended. */
export function isRemains(stat: ProcStat): boolean {
  return stat.state === 'Z' || stat.state === 'X'
}

/** Every living process that can be seen, in order of its pid. */
export function listProcesses(): readonly ProcStat[] {
  return listPids()
    .flatMap((pid) => readProcStat(pid) ?? [])
    .filter((stat) => !isRemains(stat))
}

export function listPids(): readonly number[] {
  requireProc()
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** The command line as one would type it, cut at 200 characters; null when it cannot be read. */
export function commandLineOf(pid: number): string | null {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
    const line = words.length > 0 ? words.join(' ') : readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
    return line.length > 200 ? `${line.slice(0, 197)}...` : line
  } catch {
    return null
  }
}

function requireProc(): void {
  if (process.platform === 'linux') return
  throw corelabError('PROGRAM_MISSING', {
    message: `The native runtime needs Linux; this is ${process.platform}`,
    detail: 'It finds and supervises its server processes through /proc.',
    fix: ['Run corelab in a Linux virtual machine or container'],
  })
}
