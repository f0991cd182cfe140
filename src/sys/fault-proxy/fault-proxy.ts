import type { Clock } from '../../kit/clock.js'
import type { Random } from '../../kit/random.js'
import type { ConnectionAct, EdgePattern, EdgeReport, FaultOrder } from '../../model/drill-fault.js'
import { noEdgeFaults } from '../../model/drill-fault.js'
import type { Edge, NetworkPlan } from '../../model/network.js'
import { ProxiedEdge } from './proxied-edge.js'

/** A network of edges between parties and nodes, each of which can be broken and mended while it is in use. */
export interface FaultProxy {
  order(order: FaultOrder): Promise<void>
  /** Does something once to the connections there are now. */
  act(edges: readonly EdgePattern[], act: ConnectionAct): void
  /** Takes away every fault of the edges; all of them when none is named. */
  heal(edges?: readonly EdgePattern[]): Promise<void>
  report(): readonly EdgeReport[]
  /** Ends every connection and listener. Idempotent. */
  close(): Promise<void>
}

/** Listens on every edge of the plan. Raises PORT_IN_USE, COMPONENT_START_FAILED; then nothing is left listening. */
export async function startFaultProxy(
  plan: Pick<NetworkPlan, 'edges'>,
  world: { readonly clock: Clock; readonly rng: Random },
): Promise<FaultProxy> {
  const edges = plan.edges.map((edge) => new ProxiedEdge(edge, world))
  const close = async () => void (await Promise.all(edges.map((edge) => edge.close())))
  try {
    for (const edge of edges) await edge.listen()
  } catch (error) {
    await close()
    throw error
  }
  const matching = (patterns: readonly EdgePattern[]) => edges.filter(({ edge }) => matches(edge, patterns))
  const order = async ({ edges: patterns, ...faults }: FaultOrder) =>
    void (await Promise.all(matching(patterns).map((edge) => edge.order(faults))))
  return {
    order,
    act(patterns, act) {
      for (const edge of matching(patterns)) edge.act(act)
    },
    heal: (patterns = everyEdge) => order({ edges: patterns, ...noEdgeFaults }),
    report: () => edges.map((edge) => edge.report()),
    close,
  }
}

const everyEdge: readonly EdgePattern[] = [{ from: '*', to: '*' }]

function matches(edge: Edge, patterns: readonly EdgePattern[]): boolean {
  return patterns.some(
    ({ from, to }) => (from === '*' || from === edge.from) && (to === '*' || to === edge.to),
  )
}
