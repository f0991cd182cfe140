import { exitCodes } from '../../../kit/exit-codes.js'
import { formatCount, formatDuration } from '../../../kit/units.js'
import type { CampaignOptions, CampaignResult } from '../../../sim/campaign/campaign.js'
import { replayCommand } from '../../../sim/campaign/replay-command.js'
import type { FoundViolation } from '../../../sim/campaign/tally.js'
import type { CampaignVerdict } from '../../../sim/campaign/verdict.js'
import type { Answer } from '../../answer.js'
import { asTyped } from '../../program-name.js'
import { shellQuoted } from '../../shell-quoted.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { factLine, wrappedFact } from './facts.js'
import { virtualTime } from './virtual-time.js'

export interface JudgedCampaign extends CampaignVerdict {
  readonly options: CampaignOptions
  readonly result: CampaignResult
  readonly threads: number
}

/** `out`: the file with the same data, if one was written. */
export function campaignAnswer(judged: JudgedCampaign, out: string | null): Answer {
  const exits = { pass: exitCodes.ok, fail: exitCodes.negative, unknown: exitCodes.inconclusive }
  return {
    data: campaignData(judged),
    lines: (screen) => campaignLines(judged, out, screen),
    exit: exits[judged.verdict],
  }
}

/** Everything but `speed` is the same on every host. */
export function campaignData({ options, result, threads, verdict, reasons }: JudgedCampaign): object {
  const { totals, violations, hash, end, durationMs } = result
  const perSecond = (count: number) => Math.round((count * 1000) / Math.max(1, durationMs))
  return {
    schema: 'corelab/sim-campaign@1',
    verdict,
    reasons,
    end,
    from: options.from,
    seedsWanted: options.seeds,
    seconds: options.seconds,
    plant: options.plant,
    hash,
    totals,
    violations: violations.map((each) => ({
      ...each,
      command: replayCommand({ ...options, seed: each.seed }),
    })),
    speed: {
      threads,
      durationMs: Math.round(durationMs),
      seedsPerSecond: perSecond(totals.seeds),
      eventsPerSecond: perSecond(totals.events),
    },
  }
}

/** More than fits a screen, nobody reads; the data has them. */
const violationsShown = 5
/** When nearly nothing was met, the list would only be long. */
const neverNamedMax = 12

function campaignLines(judged: JudgedCampaign, out: string | null, screen: Screen): string[] {
  const { options, result, threads } = judged
  const { totals, violations } = result
  const settings = `${options.seconds} s each, ${formatDuration(result.durationMs)} on ${threads} ${threads === 1 ? 'thread' : 'threads'}${options.plant === null ? '' : `, planted: ${options.plant}`}`
  const shown = violations.slice(0, violationsShown)
  const rest = totals.violations - shown.length
  return [
    `${verdictWord(judged, screen)}  ${screen.paint.faint(`(${settings})`)}`,
    ...judged.reasons.flatMap((reason) => indented(wrapText(sentence(reason), screen.width - 2), 2)),
    ...shown.flatMap((each) => ['', ...violationLines(each, options, screen)]),
    ...(rest > 0 ? ['', `  ... and ${formatCount(rest)} more: --json lists up to 100`] : []),
    '',
    ...(totals.seeds === 0 ? [] : factLines(result, screen)),
    ...(out === null ? [] : [factLine('Result', shellQuoted(out))]),
  ]
}

function verdictWord({ verdict, options, result }: JudgedCampaign, { paint }: Screen): string {
  const words = { pass: paint.good('PASS'), fail: paint.bad('FAIL'), unknown: paint.caution('UNKNOWN') }
  const { seeds } = result.totals
  const last = options.from + seeds - 1
  if (seeds === 0) return `${words[verdict]}  ${paint.strong('no seed')}`
  return `${words[verdict]}  ${paint.strong(seeds === 1 ? `seed ${last}` : `seeds ${options.from} to ${last}`)}`
}

function violationLines(found: FoundViolation, options: CampaignOptions, screen: Screen): string[] {
  const { paint, width } = screen
  return [
    `  seed ${found.seed}  ${paint.bad(found.invariant)} at ${virtualTime(found.atUs)}  ${paint.faint(`hash ${found.hash}`)}`,
    ...indented(wrapText(found.message, width - 4), 4),
    `    ${paint.action(asTyped(replayCommand({ ...options, seed: found.seed }), screen))}`,
  ]
}

function factLines({ totals, durationMs, hash }: CampaignResult, { width }: Screen): string[] {
  const { seeds, events, acknowledged, unknown, epochs, faults, coverage } = totals
  const perSecond = (count: number) => formatCount((count * 1000) / Math.max(1, durationMs))
  const situations = Object.entries(coverage)
  const never = situations.filter(([, count]) => count === 0).map(([what]) => what)
  const met = `${situations.length - never.length} of ${situations.length} situations met`
  const isWorthNaming = never.length > 0 && never.length <= neverNamedMax
  return [
    ...wrappedFact('Speed', `${perSecond(seeds)} seeds/s, ${perSecond(events)} events/s`, width),
    ...wrappedFact(
      'Writes',
      `${formatCount(acknowledged)} acknowledged, ${formatCount(unknown)} left unknown`,
      width,
    ),
    ...wrappedFact('Trouble', `${formatCount(faults)} faults, ${formatCount(epochs)} epochs`, width),
    ...wrappedFact('Coverage', isWorthNaming ? `${met}; never: ${never.join(', ')}` : met, width),
    factLine('Hash', hash),
  ]
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
}
