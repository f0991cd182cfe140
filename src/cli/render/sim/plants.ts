import { exitCodes } from '../../../kit/exit-codes.js'
import { formatCount, formatDuration } from '../../../kit/units.js'
import type { HuntResult } from '../../../sim/campaign/hunt.js'
import { defaultSeconds, replayCommand } from '../../../sim/campaign/replay-command.js'
import type { Answer } from '../../answer.js'
import { asTyped } from '../../program-name.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { tableLines } from '../table.js'

interface NamedPlant {
  readonly name: string
  readonly title: string
}

export function plantListAnswer(plants: readonly NamedPlant[]): Answer {
  return {
    data: { plants },
    lines: (screen) => plantListLines(plants, screen),
  }
}

function plantListLines(plants: readonly NamedPlant[], screen: Screen): string[] {
  const { paint, width } = screen
  return [
    ...plants.flatMap(({ name, title }) => [paint.strong(name), ...indented(wrapText(title, width - 2), 2)]),
    '',
    `  ${paint.action(asTyped('corelab sim plants --hunt', screen))}`,
    `  ${paint.action(asTyped(`corelab sim run --plant ${plants[0]?.name} --stop-at-first`, screen))}`,
  ]
}

export interface Hunts {
  readonly hunts: readonly HuntResult[]
  readonly wanted: number
  readonly limitMs: number
}

/** Exit 1 when one was not found. */
export function huntAnswer({ hunts, wanted, limitMs }: Hunts): Answer {
  const missed = hunts.filter(({ found }) => found === null)
  const isComplete = hunts.length === wanted && missed.length === 0
  return {
    data: {
      schema: 'corelab/sim-hunt@1',
      verdict: isComplete ? 'pass' : 'fail',
      wanted,
      limitMs,
      hunts: hunts.map((hunt) => ({
        ...hunt,
        durationMs: Math.round(hunt.durationMs),
        command: hunt.found === null ? null : commandOf(hunt, hunt.found.seed),
      })),
    },
    lines: (screen) => huntLines({ hunts, wanted, limitMs }, screen),
    exit: isComplete ? exitCodes.ok : exitCodes.negative,
  }
}

function huntLines({ hunts, wanted, limitMs }: Hunts, screen: Screen): string[] {
  const { paint, width } = screen
  const found = hunts.filter((hunt) => hunt.found !== null)
  const columns = [
    { title: 'PLANTED BUG', cell: ({ plant }: HuntResult) => plant, style: paint.strong },
    { title: 'GIVEN AWAY BY', cell: (hunt: HuntResult) => hunt.found?.invariant ?? endText(hunt, limitMs) },
    { title: 'SEEDS', align: 'right' as const, cell: ({ seeds }: HuntResult) => formatCount(seeds) },
    {
      title: 'AFTER',
      align: 'right' as const,
      cell: ({ durationMs }: HuntResult) => formatDuration(durationMs),
    },
  ]
  const verdict = `${found.length} of ${wanted} planted bugs found`
  const last = found.at(-1)
  return [
    ...tableLines(columns, hunts, { width, titleStyle: paint.faint }),
    '',
    found.length === wanted ? paint.good(`PASS  ${verdict}`) : paint.bad(`FAIL  ${verdict}`),
    ...(last?.found
      ? [
          '',
          'Each can be seen at work, for example',
          `  ${paint.action(asTyped(commandOf(last, last.found.seed), screen))}`,
        ]
      : []),
  ]
}

function endText({ end }: HuntResult, limitMs: number): string {
  return end === 'interrupted' ? 'stopped' : `nothing within ${formatDuration(limitMs)}`
}

function commandOf({ plant }: HuntResult, seed: number): string {
  return replayCommand({ seed, seconds: defaultSeconds, plant })
}
