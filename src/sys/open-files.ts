import { readdirSync, readFileSync } from 'node:fs'

/**
 * How many files this process, and what it starts, may have open: the hard limit, to which Node and the servers raise their
 * own. Infinity for no limit; null when it is not known.
 */
export function openFilesMax(): number | null {
  try {
    const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))
    return line?.[1] === 'unlimited' ? Infinity : Number(line?.[1])
  } catch {
    return null
  }
}

/** Files that this process has open; 0 when that is not known. */
export function openFilesNow(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
