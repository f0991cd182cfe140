import { exitCodes } from '../../../kit/exit-codes.js'
import { formatCount } from '../../../kit/units.js'
import { checkTitles } from '../../../sim/campaign/check-titles.js'
import { replayCommand } from '../../../sim/campaign/replay-command.js'
import type { RunResult } from '../../../sim/run/run-seed.js'
import type { Answer } from '../../answer.js'
import { asTyped } from '../../program-name.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { factLine, wrappedFact } from './facts.js'
import { virtualTime } from './virtual-time.js'

/** One line of the story of a run. */
export interface ToldLine {
  /** Virtual. */
  readonly atUs: number
  readonly who: string
  readonly what: string
}

export interface Replay {
  readonly run: RunResult
  readonly told: readonly ToldLine[]
  /** How many lines of the story are shown, the last ones; null: all. */
  readonly lines: number | null
  readonly seconds: number
  readonly plant: string | null
  /** false: ended before its time, so that the end was not judged. */
  readonly isWhole: boolean
}

export function replayAnswer(replay: Replay): Answer {
  const { run, told, lines, seconds, plant, isWhole } = replay
  const story = lines === null ? told : told.slice(Math.max(0, told.length - lines))
  return {
    data: {
      schema: 'corelab/sim-replay@1',
      verdict: verdictOf(replay),
      seconds,
      plant,
      isWhole,
      ...run,
      story,
      storyLines: told.length,
      command: replayCommand({ seed: run.seed, seconds, plant }),
    },
    lines: (screen) => [...storyLines(story, told.length, screen), '', ...resultLines(replay, screen)],
    exit: run.violation === null ? exitCodes.ok : exitCodes.negative,
  }
}

function verdictOf({ run, isWhole }: Replay): 'pass' | 'fail' | 'unjudged' {
  if (run.violation !== null) return 'fail'
  return isWhole ? 'pass' : 'unjudged'
}

const timeColumns = 11
const whoColumns = 10

function storyLines(story: readonly ToldLine[], all: number, screen: Screen): string[] {
  const { paint, width } = screen
  const indent = timeColumns + whoColumns + 1
  const left = all - story.length
  return [
    ...(left > 0
      ? [paint.faint(`${' '.repeat(timeColumns + 1)}(${formatCount(left)} lines before; --story shows all)`)]
      : []),
    ...story.flatMap(({ atUs, who, what }) => {
      const [first = '', ...rest] = wrapText(what, width - indent)
      const head = `${(atUs / 1_000_000).toFixed(6).padStart(timeColumns)} ${who.padEnd(whoColumns)}`
      return [`${paint.faint(head)}${inColour(who, first, screen)}`, ...indented(rest, indent)]
    }),
  ]
}

function inColour(who: string, text: string, { paint }: Screen): string {
  if (who === 'checker') return paint.bad(text)
  return who === 'fault' ? paint.caution(text) : text
}

function resultLines(replay: Replay, screen: Screen): string[] {
  const { run, seconds, plant } = replay
  const { paint, width } = screen
  const words = {
    pass: paint.good('PASS'),
    fail: paint.bad('FAIL'),
    unjudged: paint.caution('NOT JUDGED'),
  }
  const settings = `${seconds} s, ${formatCount(run.events)} events${plant === null ? '' : `, planted: ${plant}`}`
  const facts = `${formatCount(run.acknowledged)} writes acknowledged, ${formatCount(run.unknown)} left unknown; ${run.epochs} ${run.epochs === 1 ? 'epoch' : 'epochs'}; ${run.faults} faults planned`
  return [
    `${words[verdictOf(replay)]}  ${paint.strong(`seed ${run.seed}`)}  ${paint.faint(`(${settings})`)}`,
    ...(run.violation === null
      ? []
      : indented(
          wrapText(
            `${run.violation.invariant} at ${virtualTime(run.violation.atUs)}: ${run.violation.message}`,
            width - 2,
          ),
          2,
        )),
    '',
    ...checkLines(replay, screen),
    '',
    ...wrappedFact('Run', facts, width),
    factLine('Hash', run.hash),
    factLine('Again', `${paint.action(asTyped(replayCommand({ seed: run.seed, seconds, plant }), screen))}`),
  ]
}

/** What is judged at the end only, after everything has healed. */
const endChecks: ReadonlySet<string> = new Set(['liveness', 'convergence', 'RPO', 'duplicates', 'phantom'])

/** I1 to I7, and what was violated. A run ends at its first violation: the others held until then. */
function checkLines({ run, isWhole }: Replay, { paint, symbols }: Screen): string[] {
  const violated = run.violation?.invariant ?? null
  const wasJudged = isWhole && (violated === null || endChecks.has(violated))
  return Object.entries(checkTitles).flatMap(([id, title]) => {
    if (id === violated) return [`  ${paint.bad(`${symbols.failed} ${id.padEnd(11)} ${title}`)}`]
    if (endChecks.has(id) && !wasJudged) return []
    return [`  ${paint.good(symbols.ok)} ${id.padEnd(11)} ${paint.faint(title)}`]
  })
}
