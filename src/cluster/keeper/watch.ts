import { reasonOf } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { WiringTools } from './replication-wiring.js'
import { controlOf } from './replication-wiring.js'

/** What was seen of one node last. */
export type Observation =
  | {
      readonly node: NodeName
      readonly answered: true
      readonly position: string
      readonly replicating: boolean
    }
  | { readonly node: NodeName; readonly answered: false; readonly reason: string }

export interface WatchHooks {
  readonly topology: () => Topology
  readonly onSeen: (observation: Observation) => void
  /** A probe write of the master was acknowledged. */
  readonly onAcknowledged: (node: NodeName) => void
}

/** The lines of the probes: each loop has one of its own, since a probe that hangs drops its line. */
export interface ProbeLines {
  readonly reads: WiringTools
  readonly writes: WiringTools
}

const readEveryMs = 200
const writeEveryMs = 250
/** Long enough for a starved host; how long a silence counts is decided elsewhere, by when the last answer came. */
const probeDeadlineMs = 2000

/**
 * Asks every node again and again, each in a loop of its own so that a frozen one delays nobody else, and writes on
 * the master: a server that answers SELECT 1 while its commits hang is not alive for anybody. Resolves when the
 * context is aborted.
 */
export async function watchNodes(lines: ProbeLines, hooks: WatchHooks): Promise<void> {
  const nodes = hooks.topology().nodes.map(({ name }) => name)
  await Promise.all([
    ...nodes.map((node) => everyMs(lines.reads, readEveryMs, () => readOnce(lines.reads, hooks, node))),
    everyMs(lines.writes, writeEveryMs, () => writeOnce(lines.writes, hooks)),
  ])
}

async function everyMs(
  { context: { clock, signal } }: WiringTools,
  intervalMs: number,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work()
    await clock.sleep(intervalMs, signal).catch(() => undefined)
  }
}

async function readOnce(tools: WiringTools, hooks: WatchHooks, node: NodeName): Promise<void> {
  const { master, nodes } = hooks.topology()
  const known = nodes.find(({ name }) => name === node)
  // Without a master, who was out of service may be all that is left.
  if (!known || (known.role === 'quarantined' && master !== null)) return
  const isMaster = hooks.topology().master === node
  try {
    const seen = await controlOf(tools, node).run(probeDeadlineMs, async (connection) => {
      const status = isMaster ? null : await tools.dialect.replicaStatus(connection)
      const replicating = isMaster || (status?.receiving === true && status.applying)
      return { position: await tools.dialect.position(connection), replicating }
    })
    hooks.onSeen({ node, answered: true, ...seen })
  } catch (error) {
    // One that is being started again answers when it can; nobody needs to hear before.
    if (!tools.context.signal.aborted && known.serving)
      hooks.onSeen({ node, answered: false, reason: reasonOf(error) })
  }
}

async function writeOnce(tools: WiringTools, hooks: WatchHooks): Promise<void> {
  const { master, epoch } = hooks.topology()
  if (master === null) return
  const written = await controlOf(tools, master)
    .run(probeDeadlineMs, (connection) =>
      connection.execute(
        'UPDATE corelab.heartbeat SET beat = beat + 1, beaten_at = NOW(3) WHERE id = 1 AND epoch = ?',
        [epoch],
      ),
    )
    .catch(() => null)
  if (written !== null && hooks.topology().master === master) hooks.onAcknowledged(master)
}
