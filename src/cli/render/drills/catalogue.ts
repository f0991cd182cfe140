import { describeStep } from '../../../drills/nemesis/describe-step.js'
import { formatDuration } from '../../../kit/units.js'
import type { Drill, DrillExpectations } from '../../../model/drill.js'
import type { Answer } from '../../answer.js'
import { asTyped } from '../../program-name.js'
import type { Screen } from '../../terminal.js'
import { indented, labelled, wrapText } from '../layout.js'
import { tableLines } from '../table.js'

export function drillListAnswer(drills: readonly Drill[]): Answer {
  const shown = drills.map(({ id, name, title, kind, state, shows, environment, needs }) => ({
    id,
    name,
    title,
    kind,
    state,
    shows,
    environment,
    needs,
  }))
  return { data: { drills: shown }, lines: (screen) => drillListLines(drills, screen) }
}

function drillListLines(drills: readonly Drill[], screen: Screen): string[] {
  const { paint, width } = screen
  const columns = [
    { title: 'NO', cell: (drill: Drill) => drill.id },
    { title: 'NAME', cell: (drill: Drill) => drill.name, style: paint.strong },
    { title: 'WHAT HAPPENS', cell: (drill: Drill) => drill.title },
  ]
  const table = (kind: Drill['kind']) =>
    tableLines(
      columns,
      drills.filter((drill) => drill.kind === kind),
      { width, titleStyle: paint.faint },
    )
  return [
    ...table('drill'),
    '',
    'Negative controls: a safety setting is off, and the loss must be found',
    ...table('negative-control'),
    '',
    `  ${paint.action(asTyped('corelab drills describe kill-master', screen))}`,
    `  ${paint.action(asTyped('corelab drills run kill-master', screen))}`,
  ]
}

export function drillAnswer(drill: Drill): Answer {
  return { data: drill, lines: (screen) => drillLines(drill, screen) }
}

function drillLines(drill: Drill, screen: Screen): string[] {
  const { paint, width } = screen
  const facts: [string, string][] = [
    ['Kind', drill.kind === 'drill' ? 'drill' : 'negative control: passes when the loss is found'],
    ['State', drill.state],
    ['Network', drill.environment.network ? 'every connection goes through a fault proxy' : 'direct'],
    ...(drill.environment.stonith
      ? []
      : [['Keeper', 'cannot end the old master, as if its host were out of reach'] as [string, string]]),
    ...(drill.environment.guarded
      ? []
      : [['Settings', 'the keeper does not put safety settings back'] as [string, string]]),
    ...(drill.needs.length === 0 ? [] : [['Needs', drill.needs.join(', ')] as [string, string]]),
  ]
  const steps = drill.schedule.map(
    (step, index) => [`${index + 1}.`.padStart(4), describeStep(step)] as const,
  )
  return [
    `${paint.strong(`${drill.id} ${drill.name}`)}   ${paint.faint(drill.title)}`,
    ...indented(wrapText(drill.shows, width - 2), 2),
    '',
    ...indented(labelled(facts), 2),
    '',
    'What is done, under transfers and unique appends',
    ...steps.flatMap(([number, text]) => {
      const [first = '', ...rest] = wrapText(text, width - 5)
      return [`${number} ${first}`, ...indented(rest, 5)]
    }),
    '',
    'What must be true afterwards',
    ...expectationTexts(drill).flatMap((text) => {
      const [first = '', ...rest] = wrapText(text, width - 4)
      return [`  - ${first}`, ...indented(rest, 4)]
    }),
    '',
    `  ${paint.action(asTyped(`corelab drills run ${drill.name}`, screen))}`,
  ]
}

const lossTexts = {
  'acknowledged-writes': 'acknowledged writes are missing, and the ledger finds them',
  'seen-row': 'a row that a client read is gone',
  'two-writers': 'two nodes told clients OK at the same time, and the epochs show it',
} as const

function expectationTexts({ kind, expects }: Drill): string[] {
  if (kind === 'negative-control') return [lossTexts[expects.loss ?? 'acknowledged-writes']]
  return [
    'every acknowledged write is on every node, none that failed is, and no key moved money twice',
    'the money adds up, all nodes hold the same rows, and nobody is ahead of the master',
    'no client had an answer of an epoch that was over; one server per epoch',
    ...changesText(expects),
    ...(expects.writeGap
      ? [
          `no longer than ${formatDuration(expects.writeGap.limitMs)} without an OK (aim: ${formatDuration(expects.writeGap.aimMs)})`,
        ]
      : []),
    ...(expects.noErrors ? ['no client meets an error'] : []),
    ...(expects.unknownOutcomes ? ['clients met unknown outcomes, and each was resolved'] : []),
    ...(expects.extras
      ? ['the old master had transactions that nobody acknowledged, and none was told OK']
      : []),
    ...(expects.whole === false ? [] : ['all four nodes serve again, by themselves']),
  ]
}

function changesText({ epochChanges: [min, max] }: DrillExpectations): string[] {
  if (max === 0) return ['the master stays']
  return [`the master changes ${min === max ? min : `${min} to ${max}`} ${max === 1 ? 'time' : 'times'}`]
}
