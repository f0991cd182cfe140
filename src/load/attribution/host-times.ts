import { readFileSync } from 'node:fs'
import { tickMs } from '../../sys/proc-stat.js'

/** CPU time of the whole host since it began, all cores added up. */
export interface HostTimes {
  readonly totalMs: number
  readonly busyMs: number
  /** That a hypervisor gave to somebody else. */
  readonly stolenMs: number
}

/** From the first line of `/proc/stat`; null where there is none. */
export function readHostTimes(): HostTimes | null {
  try {
    return parseHostTimes(readFileSync('/proc/stat', 'latin1'))
  } catch {
    return null
  }
}

/** `cpu user nice system idle iowait irq softirq steal guest guest_nice`: the guests' time is in that of the user already. */
export function parseHostTimes(text: string): HostTimes | null {
  const line = /^cpu +(.+)$/m.exec(text)?.[1]
  if (line === undefined) return null
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(' ')
    .map((ticks) => Number(ticks) * tickMs)
  const busyMs = user + nice + system + irq + softirq
  return { busyMs, stolenMs: steal, totalMs: busyMs + idle + waiting + steal }
}

export function hostTimesBetween(before: HostTimes, after: HostTimes): HostTimes {
  return {
    totalMs: after.totalMs - before.totalMs,
    busyMs: after.busyMs - before.busyMs,
    stolenMs: after.stolenMs - before.stolenMs,
  }
}
