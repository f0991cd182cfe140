import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Clock } from '../../kit/clock.js'
import type { Random } from '../../kit/random.js'
import type { ConnectionAct } from '../../model/drill-fault.js'
import type { EdgeAddress } from '../../model/network.js'
import { abortSocket } from './abort-socket.js'
import type { FlowRules } from './flow.js'
import { Flow } from './flow.js'

export interface ConnectionOptions {
  /** Accepted from the party; with `allowHalfOpen`. */
  readonly caller: Socket
  readonly target: EdgeAddress
  readonly forward: FlowRules
  readonly backward: FlowRules
  readonly clock: Clock
  readonly rng: Random
  /** A fault or an order ended it. */
  readonly onCut: () => void
  /** Both sockets are gone. */
  readonly onClosed: () => void
}

/** One connection through the proxy: two sockets, and a flow in each direction. */
export class ProxiedConnection {
  readonly #options: ConnectionOptions
  readonly #forward: Flow
  #node: Socket | null = null
  #backward: Flow | null = null
  #open = 1

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { caller } = options
    caller.setNoDelay(true)
    this.#watch(caller)
    this.#forward = new Flow({ ...this.#flowOptions(caller, options.forward), sink: null })
    this.#reach()
  }

  /** The faults of its edge have changed. */
  faultsChanged(): void {
    const whole = [this.#forward, this.#backward].every((flow) => flow?.faultsChanged() ?? true)
    if (!whole) this.#cut()
    else this.#reach()
  }

  act(act: ConnectionAct): void {
    this.#options.onCut()
    if (act === 'reset') this.close()
    else if (act === 'half-close-forward') this.#node?.end()
    else this.#options.caller.end()
  }

  /** Both sides see a reset. */
  close(): void {
    this.#forward.dispose()
    this.#backward?.dispose()
    abortSocket(this.#options.caller)
    if (this.#node) abortSocket(this.#node)
  }

  /** Connects to the node, unless nothing gets through to it: then the caller waits, as its first packet was lost. */
  #reach(): void {
    const { target, caller, forward, backward } = this.#options
    if (this.#node || caller.destroyed || forward.faults.blocked !== null) return
    const node = connect({
      ...(target.kind === 'tcp'
        ? { host: target.host, port: target.port, noDelay: true }
        : { path: target.socketPath }),
      allowHalfOpen: true,
    })
    this.#open++
    this.#node = node
    this.#watch(node)
    this.#backward = new Flow({ ...this.#flowOptions(node, backward), sink: caller })
    node.once('connect', () => this.#forward.attach(node))
  }

  #flowOptions(source: Socket, rules: FlowRules) {
    const { clock, rng } = this.#options
    return {
      source,
      rules,
      clock,
      rng,
      onCut: () => this.#cut(),
      onCutAnswer: () => {
        this.#backward?.mute()
        this.#options.onCut()
        abortSocket(this.#options.caller)
      },
    }
  }

  #cut(): void {
    this.#options.onCut()
    this.close()
  }

  #watch(socket: Socket): void {
    // What became of it is told by `close`; without a listener an error would end the process.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#open--
      if (this.#open > 0) return
      this.#forward.dispose()
      this.#backward?.dispose()
      this.#options.onClosed()
    })
  }
}
