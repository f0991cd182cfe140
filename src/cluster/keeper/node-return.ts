import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { ComponentName } from '../../model/component-spec.js'
import type { NodeName } from '../../model/node.js'
import { isNode } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import type { KeeperState, UntimedKeeperEvent } from '../../protocol/keeper/state.js'
import { decideRestart } from '../../protocol/restart-policy.js'
import { rejoinNode } from '../rejoin/rejoin-node.js'
import type { RejoinMode, RejoinOutcome, RejoinTools } from '../rejoin/rejoin-tools.js'
import { restartIsolated } from '../rejoin/restart-isolated.js'
import { readmit } from './readmit.js'
import { controlOf } from './replication-wiring.js'
import type { StepTools } from './step-tools.js'
import type { Supervisor } from './supervisor.js'
import { strayOf } from './survey.js'
import type { TopologyStore } from './topology-store.js'

export interface NodeReturnParts {
  readonly tools: StepTools
  readonly supervisor: Supervisor
  readonly store: TopologyStore
  readonly dataDirOf: (node: NodeName) => string
  /** Where what a node had beyond the present history is kept. */
  readonly extrasDir: string
  readonly serverVersion: string
  readonly context: Context
  readonly state: () => KeeperState
  readonly tell: (event: UntimedKeeperEvent) => Promise<void>
}

/** Brings processes and nodes back: one attempt per node at a time, with growing pauses, never during a failover. */
export class NodeReturn {
  readonly tools: RejoinTools & StepTools
  readonly #parts: NodeReturnParts
  #restarts = new Map<ComponentName, readonly number[]>()
  #repairsPaused = 0
  #impatient = new AbortController()
  readonly #givenUp = new Set<ComponentName>()
  /** Their return is a person's matter from now on: it is not tried again by itself meanwhile. */
  readonly #handedOver = new Set<ComponentName>()
  readonly #failures = new Map<ComponentName, string>()
  readonly #underWay = new Map<ComponentName, Promise<void>>()

  constructor(parts: NodeReturnParts) {
    this.#parts = parts
    this.tools = {
      ...parts.tools,
      supervisor: parts.supervisor,
      dataDirOf: parts.dataDirOf,
      extrasDir: parts.extrasDir,
      serverVersion: parts.serverVersion,
      topology: () => parts.state().topology,
      tell: parts.tell,
    }
  }

  /** A server that is no database node: it is simply started again. */
  restartServer(name: ComponentName): void {
    void this.#once(name, () =>
      this.#withRestarts(name, async () => {
        await this.#parts.supervisor.start(name)
        if (name === 'redis') this.#parts.store.pushCurrent()
      }),
    )
  }

  /** A replica of the present chain: started if it does not run, proved, wired, and serving again. */
  bringBack(node: NodeName): void {
    void this.#once(node, () => this.#withRestarts(node, () => this.#readmit(node)))
  }

  /** A quarantined node, by itself: what stands against it is in the events and the status. */
  rejoin(node: NodeName): void {
    void this.#once(node, () => this.#withRestarts(node, () => this.#rejoinByItself(node)))
  }

  /** The same at somebody's wish. Throws what stands against it. */
  async rejoinAs(node: NodeName, mode: RejoinMode): Promise<RejoinOutcome> {
    let outcome: RejoinOutcome | null = null
    const rejoin = async () => {
      this.#handedOver.delete(node)
      outcome = await rejoinNode(this.tools, { node, mode })
    }
    // Somebody else may have begun between the two.
    while (outcome === null) {
      await this.#takeOver(node)
      await this.#once(node, rejoin)
    }
    this.#failures.delete(node)
    return present<RejoinOutcome>(outcome, 'outcome')
  }

  /** Why nodes could not come back at their last try. */
  get failures(): ReadonlyMap<ComponentName, string> {
    return this.#failures
  }

  /** A return that fails again and again would never make room for a person's. */
  async #takeOver(name: ComponentName): Promise<void> {
    this.#handedOver.add(name)
    this.#wakeAll()
    await this.#underWay.get(name)?.catch(() => undefined)
  }

  /** Whoever pauses between two tries wakes up. */
  #wakeAll(): void {
    this.#impatient.abort()
    this.#impatient = new AbortController()
  }

  /**
   * Level-triggered repair: a replica whose threads stopped is told to go on, unless it has something that the others
   * never had. Then nothing that it is sent fits any more.
   */
  nudge(node: NodeName): void {
    if (this.#underWay.has(node) || this.#changesRoles() || this.#repairsPaused > 0) return
    const { source, serving } = nodeOf(this.#parts.state().topology, node)
    // Whoever does not serve is in the hands of those who bring it back: a start between their statements would spoil them.
    if (source === null || !serving) return
    void this.#once(node, () => this.#repair(node).catch((error) => this.#complain(error)))
  }

  async #repair(node: NodeName): Promise<void> {
    const { tools, state, tell } = this.#parts
    const { dialect } = tools
    const control = controlOf(tools, node)
    const seen = await control.run(nudgeLimitMs, async (connection) => ({
      position: await dialect.position(connection),
      status: await dialect.replicaStatus(connection),
    }))
    if (seen.status?.lastError && !seen.status.applying) {
      const { position } = seen
      const reason = await strayOf(tools, { position, oldMaster: state().topology.master })
      if (reason !== null) return tell({ kind: 'diverged', node, reason })
    }
    await control.run(nudgeLimitMs, (connection) => dialect.startReplica(connection))
  }

  /**
   * Leaves stopped replicas alone as long as `work` runs. A change of roles that begins meanwhile goes first: then
   * `mayResume` answers false. Throws SWITCHOVER_REFUSED when one is under way already.
   */
  async withoutRepairs<T>(work: (mayResume: () => boolean) => Promise<T>): Promise<T> {
    const { state } = this.#parts
    if (this.#changesRoles())
      throw corelabError('SWITCHOVER_REFUSED', {
        message: 'Roles are being changed at the moment',
        fix: ['corelab status'],
      })
    const { ticket } = state()
    this.#repairsPaused++
    try {
      return await work(() => !this.#changesRoles() && state().ticket === ticket)
    } finally {
      this.#repairsPaused--
    }
  }

  /** Brings back whatever is missing, and waits for it. A node that cannot come back stays out, which its state says. */
  async reconcile(): Promise<void> {
    this.#restarts.clear()
    for (const name of this.#givenUp) this.#takeUp(name)
    const { supervisor, state } = this.#parts
    for (const name of supervisor.names)
      if (!isNode(name) && !supervisor.isRunning(name)) await supervisor.start(name)
    for (const { name } of state().topology.nodes) {
      // It may be on its way already.
      await this.#takeOver(name)
      this.#handedOver.delete(name)
      const { role, serving } = nodeOf(state().topology, name)
      const back = role === 'quarantined' ? () => this.#rejoinByItself(name) : () => this.#readmit(name)
      if (role !== 'master' && !serving) await this.#once(name, back).catch((error) => this.#complain(error))
    }
  }

  async #rejoinByItself(node: NodeName): Promise<void> {
    const { topology, workflow } = this.#parts.state()
    if (topology.master !== null && workflow === null) await rejoinNode(this.tools, { node, mode: 'default' })
    // Nobody is left to follow: it is only started, without what nobody acknowledged, and may be the next master.
    else if (workflow === null) await restartIsolated(this.tools, node)
  }

  async #readmit(node: NodeName): Promise<void> {
    if (!this.#changesRoles()) await readmit(this.tools, node)
  }

  /** Then there is no chain to join; its end asks again. */
  #changesRoles(): boolean {
    const { workflow, topology } = this.#parts.state()
    return workflow !== null || topology.master === null
  }

  /** One at a time per name: who comes second gets the promise of the first. */
  #once(name: ComponentName, work: () => Promise<void>): Promise<void> {
    const running = this.#underWay.get(name)
    if (running) return running
    const started = work().finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, started)
    return started
  }

  async #withRestarts(name: ComponentName, work: () => Promise<void>): Promise<void> {
    const { clock, signal } = this.#parts.context
    while (!signal.aborted && !this.#handedOver.has(name)) {
      const asked = { atMs: clock.monotonicMs(), indispensable: name === 'qlink' }
      const decision = decideRestart(this.#restarts.get(name) ?? [], asked)
      this.#restarts.set(name, decision.attemptsAtMs)
      if (!decision.restart) {
        this.#giveUp(name)
        await this.#pause(givenUpPauseMs)
        continue
      }
      this.#takeUp(name)
      try {
        await this.#pause(decision.delayMs)
        if (this.#handedOver.has(name)) return
        await work()
        this.#failures.delete(name)
        return
      } catch (error) {
        this.#failures.set(name, reasonOf(error))
        this.#complain(error)
      }
    }
  }

  /** A crash loop must not cost everybody else their time; it is tried again when its last crashes are long ago. */
  #giveUp(name: ComponentName): void {
    if (this.#givenUp.has(name)) return
    this.#givenUp.add(name)
    const message = `${name} ended too often in a row; it is tried again in a minute, or by corelab up at once`
    this.#parts.context.emit({ kind: 'warning', code: 'GIVEN_UP', message })
    if (isNode(name)) void this.#parts.tell({ kind: 'given-up', node: name })
  }

  /** This try may come in the middle of a change of master, and come to nothing: then it is asked for again. */
  #takeUp(name: ComponentName): void {
    if (this.#givenUp.delete(name) && isNode(name)) void this.#parts.tell({ kind: 'taken-up', node: name })
  }

  /** Ends early when somebody wants everything back now. */
  async #pause(pauseMs: number): Promise<void> {
    const { clock, signal } = this.#parts.context
    if (pauseMs === 0) return
    await clock.sleep(pauseMs, AbortSignal.any([signal, this.#impatient.signal])).catch(() => undefined)
  }

  #complain(error: unknown): void {
    if (this.#parts.context.signal.aborted) return
    this.#parts.context.emit({ kind: 'warning', code: 'KEEPER', message: reasonOf(error) })
  }
}

const nudgeLimitMs = 1000
const givenUpPauseMs = 5000
