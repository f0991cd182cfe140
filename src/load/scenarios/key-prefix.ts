import type { Clock } from '../../kit/clock.js'

let runs = 0

/** Begins the keys of one run: no other run has it, of this process or of one that starts a millisecond later. */
export function freshKeyPrefix(letter: string, clock: Clock): string {
  return `${letter}${Math.floor(clock.wallMs()).toString(36)}${(runs++ % 36).toString(36)}-`
}
