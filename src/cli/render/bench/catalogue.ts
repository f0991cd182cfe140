import { allowedValues, type Scenario } from '../../../load/scenarios/scenario.js'
import type { Answer } from '../../answer.js'
import { asTyped } from '../../program-name.js'
import type { Screen } from '../../terminal.js'
import { indented, labelled, wrapText } from '../layout.js'

export function scenarioListAnswer(scenarios: readonly Scenario[]): Answer {
  return {
    data: { scenarios: scenarios.map(dataOf) },
    lines: (screen) => scenarioListLines(scenarios, screen),
  }
}

export function scenarioAnswer(scenario: Scenario): Answer {
  return { data: dataOf(scenario), lines: (screen) => scenarioLines(scenario, screen) }
}

function dataOf({ name, title, unit, about, needs, options }: Scenario) {
  return { name, title, unit, about, needs, options }
}

const nameWidth = 12
const unitWidth = 6

function scenarioListLines(scenarios: readonly Scenario[], screen: Screen): string[] {
  const { paint, width } = screen
  return [
    paint.faint(`${'NAME'.padEnd(nameWidth)}${'UNIT'.padEnd(unitWidth)}WHAT IS MEASURED`),
    ...scenarios.flatMap(({ name, unit, title }) => {
      const [first = '', ...rest] = wrapText(title, width - nameWidth - unitWidth)
      const head = `${paint.strong(name.padEnd(nameWidth))}${unit.padEnd(unitWidth)}${first}`
      return [head, ...indented(rest, nameWidth + unitWidth)]
    }),
    '',
    'Next',
    `  ${paint.action(asTyped('corelab bench describe db-read', screen))}`,
    `  ${paint.action(asTyped('corelab bench run db-read', screen))}`,
  ]
}

function scenarioLines(scenario: Scenario, screen: Screen): string[] {
  const { paint, width } = screen
  const { name, title, unit, about, needs, options } = scenario
  const facts: (readonly [string, string])[] = [
    ['Unit', unit === 'QPS' ? 'QPS: statements per second' : 'TPS: business transactions per second'],
    ['Needs', needs.join('; ') || 'a running core'],
  ]
  return [
    paint.strong(name),
    ...indented(wrapText(title, width - 2).map(paint.faint), 2),
    '',
    ...indented(wrapText(about, width - 2), 2),
    '',
    ...indented(
      labelled(facts).flatMap((line) => wrapText(line, width - 2)),
      2,
    ),
    ...(options.length === 0 ? [] : ['', 'Options, as --set name=value']),
    ...options.flatMap((option) => [
      `  ${paint.strong(option.name)}=${option.default}   ${paint.faint(allowedValues(option))}`,
      ...indented(wrapText(option.summary, width - 6), 6),
    ]),
    '',
    `  ${paint.action(asTyped(`corelab bench run ${name}`, screen))}`,
  ]
}
