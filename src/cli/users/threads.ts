import { availableParallelism } from 'node:os'
import { wholeNumberFlag } from './population-flags.js'

export const workersFlag = () =>
  wholeNumberFlag({ summary: 'Threads; one for each core without it', what: 'a number of threads', max: 256 })

/** More threads than cores only need memory. */
export function threadsToUse(wanted: number | undefined): number {
  return wanted ?? availableParallelism()
}
