import type { LoadPlan } from '../../../cluster/load-window/load-plan.js'
import type { LoadProof, UsersLoaded } from '../../../cluster/load-window/load-users.js'
import { formatBytes, formatCount, formatDuration } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { sentenceOf, type WantedPopulation } from '../../users/population-flags.js'
import { indented, labelled, wrapText } from '../layout.js'
import { nextStepLines } from '../next-steps.js'

export function loadedAnswer(loaded: UsersLoaded, wanted: WantedPopulation, env: string): Answer {
  const { totalBalance, status, ...rest } = loaded
  return {
    data: { ...rest, totalBalance: totalBalance.toString(), state: status.state, epoch: status.epoch },
    lines: (screen) => loadedLines(loaded, wanted, env, screen),
    env,
  }
}

export function loadPlanAnswer(plan: LoadPlan, wanted: WantedPopulation, env: string): Answer {
  return { data: { plan }, lines: (screen) => planLines(plan, wanted, screen), env }
}

export function abandonedAnswer({ undone }: { readonly undone: boolean }, env: string): Answer {
  const text = undone
    ? 'The load was given up. Every node has the data that it had before.'
    : 'The loaded data has its place already; what was left to be done is done.'
  return {
    data: { undone },
    lines: (screen) => [
      ...wrapText(text, screen.width),
      '',
      ...nextStepLines(['corelab up'], { env, screen }),
    ],
    env,
  }
}

function loadedLines(loaded: UsersLoaded, wanted: WantedPopulation, env: string, screen: Screen): string[] {
  const { way, customers, accounts, rows, durationMs } = loaded
  const seconds = Math.max(0.001, durationMs / 1000)
  const done =
    way === 'none'
      ? 'Everything was there already.'
      : `${formatCount(rows)} rows in ${formatDuration(durationMs)} (${formatCount(Math.round(rows / seconds))} rows/s), by ${ways[way]}.`
  return [
    ...wrapText(`${screen.paint.good('Loaded')}: ${sentenceOf(wanted)}.`, screen.width),
    ...wrapText(
      `${formatCount(customers)} customers with ${formatCount(accounts)} accounts. ${done}`,
      screen.width,
    ),
    ...(loaded.proof === null ? [] : wrapText(proofSentence(loaded.proof), screen.width)),
    '',
    ...nextStepLines(['corelab users verify', 'corelab status'], { env, screen }),
  ]
}

function proofSentence({ byRows, byFiles }: LoadProof): string {
  return `Proven before the start: every row of ${byRows.join(', ')} is the generator's, and the data files of ${byFiles.join(', ')} were read back and are what was copied from it.`
}

function planLines(
  { way, why, held, estimate, streams }: LoadPlan,
  wanted: WantedPopulation,
  screen: Screen,
): string[] {
  const { diskBytesNeeded, diskBytesFree, memoryBytesNeeded, memoryBytesFree, customersMax } = estimate
  const fits = diskBytesNeeded <= diskBytesFree && memoryBytesNeeded <= memoryBytesFree
  return [
    ...wrapText(`Plan for ${sentenceOf(wanted)}. Nothing was changed.`, screen.width),
    '',
    ...indented(
      labelled([
        ['way', `${ways[way]}: ${why}`],
        ['there', `${formatCount(held)} customers`],
        ['streams', String(streams)],
        ['disk', `${formatBytes(diskBytesNeeded)} of ${formatBytes(diskBytesFree)} that are free`],
        ['memory', `${formatBytes(memoryBytesNeeded)} of ${formatBytes(memoryBytesFree)}`],
        ['fits', fits ? 'yes' : `no; up to ${formatCount(held + customersMax)} customers would`],
      ]).flatMap((line) => wrapText(line, screen.width - 2)),
      2,
    ),
  ]
}

const ways: Readonly<Record<LoadPlan['way'], string>> = {
  offline: 'an offline load',
  replicated: 'replication',
  none: 'nothing at all',
}
