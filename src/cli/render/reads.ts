import type { ReadsView } from '../../cluster/reads.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import { countOfHistogram, type RouterMetrics, type SentCount } from '../../model/router-metrics.js'
import { defaultReaders, readersOf } from '../../model/topology.js'
import type { Answer } from '../answer.js'
import type { Screen } from '../terminal.js'
import { labelled } from './layout.js'
import { type Column, tableLines } from './table.js'

export function readsAnswer(view: ReadsView): Answer {
  const { env, topology, metrics } = view
  return {
    data: {
      epoch: topology.epoch,
      master: topology.master,
      from: topology.reads ?? defaultReaders,
      readers: readersOf(topology).map((node) => node.name),
      metrics,
    },
    lines: (screen) => readsLines(view, screen),
    env,
  }
}

/** Who reads, where the work of the subsystems went, and what became of what could not be sent at once. */
export function readsLines({ topology, metrics }: ReadsView, screen: Screen): string[] {
  const { paint } = screen
  const from = (topology.reads ?? defaultReaders).join(', ')
  return [
    `Reads go to ${paint.strong(from)}   (epoch ${topology.epoch}, master ${topology.master ?? 'none at the moment'})`,
    '',
    ...tableLines(columns, rowsOf({ topology, metrics }), { width: screen.width, titleStyle: paint.faint }),
    '',
    ...(metrics === null
      ? [paint.caution('The subsystem host does not answer: where its work went is not known.')]
      : labelled(factsOf(metrics))),
  ]
}

/** A node in one role, with what it was sent in it. */
interface Row {
  readonly node: string
  readonly role: string
  readonly reads: boolean
  readonly sent: readonly SentCount[]
}

const columns: readonly Column<Row>[] = [
  { title: 'NODE', cell: (row) => row.node },
  { title: 'ROLE', cell: (row) => row.role },
  { title: 'READS', cell: (row) => (row.reads ? 'yes' : '-') },
  countColumn('WRITES', 'write', 'master'),
  countColumn('ANY', 'read', 'any'),
  countColumn('BOUNDED', 'read', 'bounded'),
  countColumn('OWN', 'read', 'read-your-writes'),
  countColumn('MASTER', 'read', 'master'),
]

function countColumn(title: string, kind: SentCount['kind'], mode: string): Column<Row> {
  const countOf = (row: Row) =>
    row.sent
      .filter((each) => each.kind === kind && each.mode === mode)
      .reduce((sum, each) => sum + each.count, 0)
  return { title, align: 'right', cell: (row) => formatCount(countOf(row)) }
}

/** The nodes in their present roles, then what some did in an earlier one. */
function rowsOf({ topology, metrics }: Pick<ReadsView, 'topology' | 'metrics'>): Row[] {
  const readers = readersOf(topology)
  const sent = metrics?.sent ?? []
  const present = topology.nodes.map((node) => ({
    node: node.name,
    role: node.role,
    reads: readers.includes(node),
    sent: sent.filter((each) => each.node === node.name && each.role === node.role),
  }))
  const former = new Map<string, Row>()
  for (const each of sent) {
    if (present.some(({ node, role }) => node === each.node && role === each.role)) continue
    const key = `${each.node} ${each.role}`
    const known = former.get(key)?.sent ?? []
    former.set(key, { node: each.node, role: `was ${each.role}`, reads: false, sent: [...known, each] })
  }
  return [...present, ...former.values()]
}

function factsOf(metrics: RouterMetrics): (readonly [string, string])[] {
  const { holdMs, heldNow, rejected, retried, unknown } = metrics
  const held = countOfHistogram(holdMs)
  const refused = Object.entries(rejected).map(([reason, count]) => `${formatCount(count)} ${reason}`)
  const longest = held === 0 ? '' : `, the longest for ${formatDuration(holdMs.maxMs)}`
  return [
    ['Held', `${formatCount(held)}${longest}; ${formatCount(heldNow)} at the moment`],
    ['Refused', refused.length === 0 ? 'none' : refused.join(', ')],
    [
      'Sent again',
      `${formatCount(retried.elsewhere + retried.moved)} elsewhere, ${formatCount(retried.again)} after a lost race, ${formatCount(retried.behind)} for a replica behind`,
    ],
    ['Unknown', `${formatCount(unknown)} commits without an answer`],
  ]
}
