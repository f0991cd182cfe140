import { readFileSync } from 'node:fs'
import type { ProcessId } from '../model/process-record.js'
import { listProcesses, readProcStat } from './proc-stat.js'

/**
 * In the environment of everything that we start, with the folder it was started in. So a process that nobody
 * recorded (we were killed between its start and the writing of `run.json`) can still be told from a stranger.
 */
export const ownerVariable = 'CORELAB_OWNER'

/** What is left of the session or process group that `leader` began, the leader itself included. */
export function sessionOf(leader: ProcessId): readonly ProcessId[] {
  // The number belongs to somebody else by now: its session is none of ours.
  const holder = readProcStat(leader.pid)
  if (holder !== null && holder.startTicks !== leader.startTicks) return []
  return listProcesses().filter(
    (each) =>
      (each.sessionId === leader.pid || each.groupId === leader.pid) &&
      BigInt(each.startTicks) >= BigInt(leader.startTicks),
  )
}

/** The living processes, and their descendants, that we started with `dir` as their folder. */
export function startedIn(dir: string): readonly ProcessId[] {
  return listProcesses().filter(({ pid }) => ownerOf(pid) === dir)
}

/** The same for every folder below `dir`: all that an environment started, recorded or not. */
export function startedBelow(dir: string): readonly (ProcessId & { readonly owner: string })[] {
  return listProcesses().flatMap(({ pid, startTicks }) => {
    const owner = ownerOf(pid)
    return owner === dir || owner?.startsWith(`${dir}/`) ? [{ pid, startTicks, owner }] : []
  })
}

function ownerOf(pid: number): string | null {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    const prefix = `${ownerVariable}=`
    return variables.find((each) => each.startsWith(prefix))?.slice(prefix.length) ?? null
  } catch {
    // Gone in the meantime, or another user's.
    return null
  }
}
