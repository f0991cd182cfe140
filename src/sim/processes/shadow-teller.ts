import { nodeWithRole, type Topology } from '../../model/topology.js'
import type { World } from '../world/world.js'
import { addressOf } from './addresses.js'
import { type KeeperTools, statementLimitMs } from './keeper-tools.js'
import { ask, type Work } from './tasks.js'

const againUs = 500_000

/** Sees to it that qlink knows whose backlog slows it down: with each topology, and again when it has forgotten. */
export class ShadowTeller {
  readonly #tools: KeeperTools
  readonly #world: World
  #toldAtUs = 0

  constructor(tools: KeeperTools, world: World) {
    this.#tools = tools
    this.#world = world
  }

  tell(topology: Topology): void {
    this.#toldAtUs = this.#world.nowUs
    this.#tools.aside(tellShadow(this.#tools, shadowOf(topology)))
  }

  /** `known`: the node that qlink takes for the shadow. */
  look(topology: Topology, known: string | null): void {
    if (topology.master === null || known === shadowOf(topology)) return
    if (this.#world.nowUs - this.#toldAtUs >= againUs) this.tell(topology)
  }
}

/** One that does not serve holds nobody up. */
function shadowOf(topology: Topology): Topology['master'] {
  const shadow = nodeWithRole(topology, 'shadow')
  return shadow?.serving ? shadow.name : null
}

function* tellShadow(tools: KeeperTools, shadow: Topology['master']): Work<void> {
  const address = shadow === null ? null : addressOf(shadow)
  yield* ask(tools.qlink, { kind: 'shadow', term: tools.term(), address }, statementLimitMs)
}
