import { readdirSync, readFileSync } from 'node:fs'

/** The pids of the Erlang port mappers on this host, whoever started them. */
export function portMapperPids() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandOf(name) === 'epmd')
    .map(Number)
}

/** @param {readonly number[]} before the pids that are none of our business */
export function endPortMappersExcept(before) {
  for (const pid of portMapperPids()) {
    if (!before.includes(pid)) process.kill(pid, 'SIGTERM')
  }
}

/** @param {string} pid */
function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return null
  }
}
