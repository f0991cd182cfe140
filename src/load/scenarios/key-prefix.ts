import type { Clock } from '../../kit/clock.js'

let runs = 0

/** Begins the keys of one run: no other run has it, of this process or of one that starts a millisecond later. */
export function freshKeyPrefix(letter: string, clock: Clock): string {
  return `${letter}${Math.floor(clock.wallMs()).toString(36)}${(runs++ % 36).toString(36)}-`
}

/** Sorts after every prefix that was made longer ago, and before all others: what killed runs left begins with less. */
export function keyPrefixBefore(letter: string, agoMs: number, clock: Clock): string {
  return `${letter}${Math.floor(clock.wallMs() - agoMs).toString(36)}`
}
