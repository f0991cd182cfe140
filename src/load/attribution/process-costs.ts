import { readdirSync, readFileSync } from 'node:fs'
import { readCpuMs } from '../../sys/proc-stat.js'

/** What a process has used since it began. */
export interface ProcessCosts {
  /** User and system, all threads, ended ones included; in steps of 10 ms. */
  readonly cpuMs: number
  /** Voluntary and not, of the threads that live now. */
  readonly contextSwitches: number
}

/** From `/proc`; null when there is no such process. */
export function readProcessCosts(pid: number): ProcessCosts | null {
  const cpuMs = readCpuMs(pid)
  return cpuMs === null ? null : { cpuMs, contextSwitches: readContextSwitches(pid) }
}

function readContextSwitches(pid: number): number {
  let switches = 0
  for (const thread of threadsOf(pid)) switches += switchesOf(`/proc/${pid}/task/${thread}/status`)
  return switches
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function switchesOf(statusFile: string): number {
  try {
    const text = readFileSync(statusFile, 'latin1')
    const counts = text.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)/gm)
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
  } catch {
    return 0
  }
}
