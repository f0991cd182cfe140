import { availableParallelism } from 'node:os'

/** As many as were asked for, else one for each core; never more than there are seeds. */
export function threadsToUse(wanted: number | null, seeds: number): number {
  return Math.min(wanted ?? availableParallelism(), seeds)
}
