import type { ClusterHistory } from '../../../cluster/history-fold.js'
import { exitCodes } from '../../../kit/exit-codes.js'
import { formatCount } from '../../../kit/units.js'
import type { EnvironmentStatus } from '../../../model/environment.js'
import type { TopologyNode } from '../../../model/topology.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { wrapText } from '../layout.js'
import { nextStepLines } from '../next-steps.js'
import type { Column } from '../table.js'
import { tableLines } from '../table.js'

/** Exit status 1 while there is no master. */
export function chainAnswer(status: EnvironmentStatus, history: ClusterHistory): Answer {
  const { topology, env } = status
  const last = history.epochs.at(-1)?.change ?? null
  return {
    data: { epoch: status.epoch, master: topology?.master ?? null, nodes: rowsOf(status), lastChange: last },
    lines: (screen) => chainLines(status, last?.reason ?? null, screen),
    exit: topology?.master == null ? exitCodes.negative : exitCodes.ok,
    env,
  }
}

interface Row {
  readonly node: string
  readonly role: TopologyNode['role']
  readonly follows: string | null
  readonly serving: boolean
  readonly lagTransactions: number | null
}

function rowsOf({ topology, components }: EnvironmentStatus): readonly Row[] {
  const order = ['master', 'shadow', 'slave-1', 'slave-2', 'quarantined']
  return [...(topology?.nodes ?? [])]
    .sort((left, right) => order.indexOf(left.role) - order.indexOf(right.role))
    .map(({ name, role, source, serving }) => ({
      node: name,
      role,
      follows: source,
      serving,
      lagTransactions: components.find((component) => component.name === name)?.lagTransactions ?? null,
    }))
}

const columns: readonly Column<Row>[] = [
  { title: 'NODE', cell: ({ node }) => node },
  { title: 'ROLE', cell: ({ role }) => role },
  { title: 'FOLLOWS', cell: ({ follows }) => follows ?? '-' },
  { title: 'SERVES', cell: ({ serving }) => (serving ? 'yes' : 'no') },
  {
    title: 'LAG',
    align: 'right',
    cell: ({ lagTransactions }) => (lagTransactions === null ? '' : formatCount(lagTransactions)),
  },
]

function chainLines(status: EnvironmentStatus, lastReason: string | null, screen: Screen): string[] {
  const { topology, epoch, env } = status
  const { paint, width } = screen
  const nextSteps = (commands: readonly string[]) => ['', ...nextStepLines(commands, { env, screen })]
  if (topology === null)
    return [`Environment ${paint.strong(env)}: ${paint.caution(status.state)}`, ...nextSteps(status.next)]
  const master = topology.master === null ? paint.bad('no master') : `master ${paint.strong(topology.master)}`
  return [
    `Epoch ${epoch ?? topology.epoch}: ${master}`,
    ...wrapText(`Last change: ${lastReason ?? topology.reason}`, width),
    '',
    ...tableLines(columns, rowsOf(status), { width, titleStyle: paint.faint }),
    ...nextSteps(['corelab cluster history', 'corelab cluster verify', 'corelab cluster switchover']),
  ]
}
