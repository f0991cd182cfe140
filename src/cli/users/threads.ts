import { availableParallelism } from 'node:os'
import { Flags } from '@oclif/core'

export const workersFlag = () =>
  Flags.integer({ helpValue: 'N', summary: 'Threads; one for each core without it', min: 1, max: 256 })

/** More threads than cores only need memory. */
export function threadsToUse(wanted: number | undefined): number {
  return wanted ?? availableParallelism()
}
