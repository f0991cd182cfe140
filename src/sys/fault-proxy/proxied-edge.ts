import { rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { createServer } from 'node:net'
import type { Clock } from '../../kit/clock.js'
import { corelabError } from '../../kit/errors.js'
import type { Random } from '../../kit/random.js'
import type {
  ConnectionAct,
  EdgeFaults,
  EdgeReport,
  FaultOrder,
  FlowFaults,
} from '../../model/drill-fault.js'
import { noEdgeFaults } from '../../model/drill-fault.js'
import type { Edge, EdgeAddress } from '../../model/network.js'
import { errnoOf } from '../files.js'
import { holderOfPort, portInUse } from '../ports.js'
import type { FlowRules } from './flow.js'
import { FlowTally } from './flow.js'
import { ProxiedConnection } from './proxied-connection.js'

/** The listener of one edge, its connections, and what is wrong with them. */
export class ProxiedEdge {
  readonly edge: Edge
  readonly #clock: Clock
  readonly #rng: Random
  readonly #connections = new Set<ProxiedConnection>()
  readonly #forward: FlowRules = { faults: noEdgeFaults.forward, tally: new FlowTally(), cutsLeft: 0 }
  readonly #backward: FlowRules = { faults: noEdgeFaults.backward, tally: new FlowTally(), cutsLeft: 0 }
  #server: Server | null = null
  #refusing = false
  readonly #totals = { connections: 0, connectionsHeld: 0, connectionsCut: 0 }

  constructor(edge: Edge, world: { readonly clock: Clock; readonly rng: Random }) {
    this.edge = edge
    this.#clock = world.clock
    this.#rng = world.rng
  }

  /** Raises PORT_IN_USE. */
  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (caller) => {
      this.#totals.connections++
      if (this.#forward.faults.blocked !== null) this.#totals.connectionsHeld++
      const connection: ProxiedConnection = new ProxiedConnection({
        caller,
        target: this.edge.target,
        forward: this.#forward,
        backward: this.#backward,
        clock: this.#clock,
        rng: this.#rng,
        onCut: () => this.#totals.connectionsCut++,
        onClosed: () => this.#connections.delete(connection),
      })
      this.#connections.add(connection)
    })
    await listenOn(server, this.edge)
    this.#server = server
  }

  async order(order: Omit<FaultOrder, 'edges'>): Promise<void> {
    replaceFaults(this.#forward, order.forward)
    replaceFaults(this.#backward, order.backward)
    if (order.connect !== undefined) await this.#setRefusing(order.connect === 'refuse')
    for (const connection of [...this.#connections]) connection.faultsChanged()
  }

  act(act: ConnectionAct): void {
    for (const connection of [...this.#connections]) connection.act(act)
  }

  report(): EdgeReport {
    const faults: EdgeFaults = {
      forward: this.#forward.faults,
      backward: this.#backward.faults,
      connect: this.#refusing ? 'refuse' : null,
    }
    return {
      from: this.edge.from,
      to: this.edge.to,
      faults,
      counters: {
        ...this.#totals,
        open: this.#connections.size,
        forward: { ...this.#forward.tally },
        backward: { ...this.#backward.tally },
      },
    }
  }

  async close(): Promise<void> {
    const closed = this.#unlisten()
    for (const connection of [...this.#connections]) connection.close()
    await closed
  }

  async #setRefusing(refusing: boolean): Promise<void> {
    if (refusing === this.#refusing) return
    this.#refusing = refusing
    if (refusing) void this.#unlisten()
    else await this.listen()
  }

  /** Nobody listens any more at once; resolves when the last connection has ended. */
  #unlisten(): Promise<void> {
    const server = this.#server
    this.#server = null
    return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()))
  }
}

function replaceFaults(rules: FlowRules, faults: Partial<FlowFaults> | undefined): void {
  if (faults === undefined) return
  rules.faults = { ...rules.faults, ...faults }
  if (faults.cutAtText !== undefined) rules.cutsLeft = faults.cutAtText?.times ?? 0
}

async function listenOn(server: Server, { listen, from, to }: Edge): Promise<void> {
  // A proxy that was killed leaves its socket behind.
  if (listen.kind === 'unix') rmSync(listen.socketPath, { force: true })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(serverAddress(listen), resolve)
    })
  } catch (error) {
    throw await listenFailed(error, { listen, wantedBy: `the proxied edge ${from} to ${to}` })
  }
  // An accept that fails (no descriptors left) is felt by the caller; it must not end the proxy.
  server.on('error', () => undefined)
}

function serverAddress(listen: EdgeAddress) {
  return listen.kind === 'tcp' ? { host: listen.host, port: listen.port } : { path: listen.socketPath }
}

async function listenFailed(
  error: unknown,
  { listen, wantedBy }: { listen: EdgeAddress; wantedBy: string },
): Promise<unknown> {
  if (listen.kind === 'tcp' && errnoOf(error) === 'EADDRINUSE')
    return portInUse({ port: listen.port, wantedBy, holder: await holderOfPort(listen.port) })
  return corelabError('COMPONENT_START_FAILED', {
    message: `${wantedBy}: nothing can listen there`,
    detail: String(error),
    cause: error,
  })
}
