import { Flags } from '@oclif/core'
import { corelabError } from '../../kit/errors.js'
import { defaultSeconds } from '../../sim/campaign/replay-command.js'

/** Less leaves no time to come together after the faults; after more of it nothing new is drawn. */
export const secondsFlag = () =>
  Flags.integer({ summary: 'Virtual time of each run', default: defaultSeconds, min: 40, max: 600 })

export const plantFlag = () =>
  Flags.string({ helpValue: 'NAME', summary: 'With this bug planted, see `sim plants`' })

export const workersFlag = () =>
  Flags.integer({ summary: 'Threads; one for each core without it', min: 1, max: 256 })

export const lastSeed = 0xffff_ffff

/** Throws USAGE. */
export function parseSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (seed <= lastSeed) return seed
  throw corelabError('USAGE', {
    message: `"${text}" is not a seed`,
    detail: `A seed is a whole number from 0 to ${lastSeed}.`,
    fix: ['corelab sim replay 1'],
  })
}
