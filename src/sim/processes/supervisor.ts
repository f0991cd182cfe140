import type { Facts } from '../checks/facts.js'
import type { DatabaseNode } from '../database/database-node.js'
import type { Process } from '../world/process.js'
import type { World } from '../world/world.js'

export interface StartOptions {
  /** Recovery cuts the tail that nobody acknowledged. */
  readonly truncating: boolean
  /** Clients are let in when it is opened for writes. */
  readonly closed?: boolean
  /** Other than the configured one. */
  readonly serverId?: number
}

/** Starts and ends processes of this host. What it can do, it can do whatever the network does. */
export class Supervisor {
  /** Fault: nobody can be killed at the moment, e.g. because the process is on another host. */
  isHelpless = false
  /** Fault: servers that end as soon as they are started. */
  readonly unstartable = new Set<number>()
  #expected: Process | null = null
  readonly #world: World
  readonly #facts: Facts
  readonly #nodes: readonly DatabaseNode[]

  constructor(world: World, facts: Facts, nodes: readonly DatabaseNode[]) {
    this.#world = world
    this.#facts = facts
    this.#nodes = nodes
  }

  /** Whether an end that is just happening was our own doing. */
  isExpected(process: Process): boolean {
    return process === this.#expected
  }

  isRunning(process: Process): boolean {
    return process.state !== 'down'
  }

  /** False when it does not come up. A process that runs is left alone. */
  start(process: Process, options: StartOptions): boolean {
    if (this.isRunning(process)) return true
    if (this.unstartable.has(process.index)) return false
    const node = this.#nodes[process.index]
    if (node) {
      node.state.startTruncating = options.truncating
      node.state.isClosed = options.closed === true
      if (options.serverId !== undefined) node.state.id = options.serverId
    }
    this.#world.start(process)
    return true
  }

  /** SIGKILL, which also ends a stopped process. */
  kill(process: Process): boolean {
    if (!this.isRunning(process)) return true
    if (this.isHelpless) {
      this.#facts.sometimes('fenced zombie')
      return false
    }
    this.#expected = process
    this.#world.end(process, 'kill')
    this.#expected = null
    return true
  }
}
