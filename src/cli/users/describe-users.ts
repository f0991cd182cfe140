import { resolve } from 'node:path'
import { readReportAssets } from '../../drills/stage/report-assets.js'
import type { Context } from '../../kit/context.js'
import type { PopulationPortrait } from '../../model/population-portrait.js'
import { describePopulation } from '../../population/describe/describe-population.js'
import { renderPortraitHtml } from '../../report/population/portrait-html.js'
import { writeFileAtomic } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import { portraitAnswer } from '../render/users/portrait.js'
import { refuseUnwritable } from '../writable.js'
import { flagsOf, sentenceOf, type WantedPopulation } from './population-flags.js'

export interface DescribeWishes {
  readonly wanted: WantedPopulation
  /** How many customers are read at most. */
  readonly sample: number
  /** null: no report. */
  readonly file: string | null
  readonly corelab: string
}

/** What the population is like beside its targets. Needs neither a project nor a server. Throws USAGE, CANCELLED. */
export async function describeUsers(wishes: DescribeWishes, context: Context): Promise<Answer> {
  const { wanted, sample, file, corelab } = wishes
  if (file !== null) await refuseUnwritable(file)
  const sampled = Math.min(sample, wanted.spec.customers)
  const portrait: PopulationPortrait = {
    schema: 'corelab/portrait@1',
    population: sentenceOf(wanted),
    command: `corelab users describe ${flagsOf(wanted.spec)} --sample ${sampled} --html FILE`,
    corelab,
    customers: wanted.spec.customers,
    sampled,
    lookalike: wanted.spec.identity === 'lookalike',
    sections: await describePopulation(wanted.spec, sampled, context),
  }
  if (file !== null) {
    await writeFileAtomic(resolve(file), renderPortraitHtml(portrait, await readReportAssets()))
  }
  return portraitAnswer(portrait, file)
}
