import type { ComponentState } from '../../kit/events.js'
import { exitCodes } from '../../kit/exit-codes.js'
import { formatBytes, formatCount } from '../../kit/units.js'
import type { ComponentStatus, EnvironmentStatus } from '../../model/environment.js'
import type { Paint } from '../../ui/paint.js'
import type { Answer } from '../answer.js'
import type { Screen } from '../terminal.js'
import { indented, wrapText } from './layout.js'
import { nextStepLines } from './next-steps.js'
import type { Column } from './table.js'
import { tableLines } from './table.js'

/** `environments` are all of the project; the others are only mentioned. */
export function statusAnswer(status: EnvironmentStatus, environments: readonly string[]): Answer {
  const others = environments.filter((env) => env !== status.env)
  return {
    data: { ...status, environments },
    lines: (screen) => statusLines(status, screen, others),
    exit: status.state === 'usable' ? exitCodes.ok : exitCodes.negative,
    env: status.env,
  }
}

/** One line of verdict, one table, what to do next. */
export function statusLines(
  status: EnvironmentStatus,
  screen: Screen,
  others: readonly string[] = [],
): string[] {
  const { paint } = screen
  const isNode = (row: ComponentStatus) => row.kind === 'database'
  const components = [...status.components].sort((a, b) => Number(isNode(b)) - Number(isNode(a)))
  return [
    headline(status, paint),
    ...(status.problem === null
      ? []
      : indented(wrapText(problemText(status), screen.width - 2), 2).map(paint.bad)),
    ...(components.length === 0
      ? []
      : ['', ...tableLines(columns(paint), components, { width: screen.width, titleStyle: paint.faint })]),
    ...componentNotes(components, paint),
    ...(others.length === 0 ? [] : ['', `Other environments here: ${others.join(', ')}`]),
    ...(status.next.length === 0 ? [] : ['', ...nextStepLines(status.next, { env: status.env, screen })]),
  ]
}

function headline(status: EnvironmentStatus, paint: Paint): string {
  const facts = [
    status.profile === null ? null : `profile ${status.profile}`,
    status.epoch === null ? null : `epoch ${status.epoch}`,
  ].filter((fact) => fact !== null)
  const style = { usable: paint.good, degraded: paint.bad, starting: paint.caution, stopped: paint.caution }
  const verdict = style[status.state](status.state)
  return `Environment ${paint.strong(status.env)}: ${verdict}${facts.length === 0 ? '' : `   (${facts.join(', ')})`}`
}

function columns(paint: Paint): Column<ComponentStatus>[] {
  return [
    { title: 'COMPONENT', cell: (row) => row.name },
    { title: 'ROLE', cell: (row) => row.role ?? '' },
    { title: 'STATE', cell: (row) => row.state, style: (text, row) => stateStyle(row.state, paint)(text) },
    { title: 'ENDPOINT', cell: (row) => row.endpoint.replace('http://', '') },
    { title: 'LAG', align: 'right', cell: (row) => countOf(row.lagTransactions) },
    {
      title: 'MEMORY',
      align: 'right',
      cell: (row) => (row.memoryBytes === null ? '' : formatBytes(row.memoryBytes)),
    },
    { title: 'PID', align: 'right', cell: (row) => (row.pid === null ? '' : String(row.pid)) },
  ]
}

function countOf(count: number | null): string {
  return count === null ? '' : formatCount(count)
}

function stateStyle(state: ComponentState, paint: Paint): (text: string) => string {
  switch (state) {
    case 'ready':
      return paint.good
    case 'failed':
      return paint.bad
    case 'degraded':
    case 'quarantined':
      return paint.caution
    default:
      return paint.faint
  }
}

/** Reasons are sentences; in a table they would be cut. */
function componentNotes(components: readonly ComponentStatus[], paint: Paint): string[] {
  const notes = components.flatMap(({ name, state, detail }) =>
    detail === null || state === 'ready' ? [] : [`  ${name}: ${detail}`],
  )
  return notes.length === 0 ? [] : ['', ...notes.map(paint.caution)]
}

/** A core that is stopped has no master and needs none. */
function problemText({ state, topology, problem }: EnvironmentStatus): string {
  return state === 'stopped' || topology?.master ? `${problem}` : `no master: ${problem}`
}
