import { Flags } from '@oclif/core'
import type { Emit } from '../../kit/events.js'
import { hash32 } from '../../kit/random.js'
import { formatCount } from '../../kit/units.js'
import { memberEntityCount } from '../../model/legal-entity.js'
import { customersMax, type PopulationSpec } from '../../population/population.js'

/** The flags that name a population; the same for every command of the topic. Wrap them in `withVariables`. */
export const populationFlags = () => ({
  count: wholeNumberFlag({
    summary: 'How many customers, e.g. 20000 or 15M',
    what: 'a number of customers',
    max: customersMax,
  }),
  seed: Flags.string({ helpValue: 'SEED', summary: 'Another seed, another population; 1 without it' }),
  entities: wholeNumberFlag({
    summary: `Member institutions, 1 to ${memberEntityCount}; all without it`,
    what: 'a number of member institutions',
    max: memberEntityCount,
  }),
  locale: Flags.option({
    options: ['zh', 'en'] as const,
    summary: 'Language of names and addresses; zh without it',
  })(),
  lookalike: Flags.boolean({
    summary: 'Identity and phone numbers that real people may have',
  }),
})

interface PopulationFlagValues {
  readonly count?: number | undefined
  readonly seed?: string | undefined
  readonly entities?: number | undefined
  readonly locale?: PopulationSpec['locale'] | undefined
  readonly lookalike: boolean
}

/** Only what was given. */
export function askedPopulation(flags: PopulationFlagValues): Partial<PopulationSpec> {
  const { count, seed, entities, locale, lookalike } = flags
  return {
    ...(count === undefined ? {} : { customers: count }),
    ...(seed === undefined ? {} : { seed: seedOf(seed).seed }),
    ...(entities === undefined ? {} : { entities }),
    ...(locale === undefined ? {} : { locale }),
    ...(lookalike ? { identity: 'lookalike' } : {}),
  }
}

/** What the flags ask for. */
export interface WantedPopulation {
  readonly spec: PopulationSpec
  /** The text that was hashed, when the seed was no whole number below 2^32; null otherwise. */
  readonly seedText: string | null
}

/** `customersDefault`: without `--count`. Warns when the rows could be those of real people. */
export function wantedPopulation(
  flags: PopulationFlagValues,
  { customersDefault, emit }: { readonly customersDefault: number; readonly emit: Emit },
): WantedPopulation {
  const { seed, seedText } = seedOf(flags.seed ?? '1')
  if (flags.lookalike) emit({ kind: 'warning', code: 'LOOKALIKE_NUMBERS', message: lookalikeWarning })
  return {
    spec: {
      seed,
      customers: flags.count ?? customersDefault,
      entities: flags.entities ?? memberEntityCount,
      locale: flags.locale ?? 'zh',
      identity: flags.lookalike ? 'lookalike' : 'safe',
    },
    seedText,
  }
}

/** The flags again, as they are typed for exactly this population. */
export function flagsOf({ seed, customers, entities, locale, identity }: PopulationSpec): string {
  return [
    `--count ${customers}`,
    ...(seed === 1 ? [] : [`--seed ${seed}`]),
    ...(entities === memberEntityCount ? [] : [`--entities ${entities}`]),
    ...(locale === 'zh' ? [] : [`--locale ${locale}`]),
    ...(identity === 'safe' ? [] : ['--lookalike']),
  ].join(' ')
}

/** `100,000 customers of seed 1 in 81 entities`, and how the seed was made when it was a text. */
export function sentenceOf({ spec, seedText }: WantedPopulation): string {
  const { customers, seed, entities, locale, identity } = spec
  const from = seedText === null ? '' : ` (hashed from "${seedText}")`
  const language = locale === 'zh' ? '' : ', in English'
  const numbers = identity === 'safe' ? '' : ', LOOKALIKE numbers'
  return `${formatCount(customers)} customers of seed ${seed}${from} in ${entities} entities${language}${numbers}`
}

const lookalikeWarning =
  'Identity and phone numbers come from assigned ranges: some belong to living people. Keep the rows to yourself.'

const seedMax = 0xffff_ffff

function seedOf(text: string): { readonly seed: number; readonly seedText: string | null } {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return seed <= seedMax ? { seed, seedText: null } : { seed: hash32(text), seedText: text }
}

/** `20000`, `20_000`, `20k` and `15M`; from 1 to `max`. */
export function wholeNumberFlag(options: {
  readonly summary: string
  /** For the sentence of a refusal, e.g. "a number of customers". */
  readonly what: string
  readonly max: number
  readonly min?: number
}) {
  const { summary, what, max, min = 1 } = options
  return Flags.custom<number>({
    helpValue: 'N',
    summary,
    parse: async (text) => {
      const number = wholeNumber(text)
      if (number !== null && number >= min && number <= max) return number
      throw new Error(`"${text}" is not ${what}; allowed: ${formatCount(min)} to ${formatCount(max)}`)
    },
  })()
}

function wholeNumber(text: string): number | null {
  const match = /^(\d[\d_]*)([kM]?)$/.exec(text.trim())
  if (!match) return null
  const unit = { '': 1, k: 1000, M: 1_000_000 }[match[2] as '' | 'k' | 'M']
  return Number((match[1] ?? '').replaceAll('_', '')) * unit
}
