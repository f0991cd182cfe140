import { assert } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { reasonOf } from '../../kit/errors.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { ComponentName } from '../../model/component-spec.js'
import type { EnvironmentStatus } from '../../model/environment.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import type { KeeperEffect, KeeperEvent, KeeperState } from '../../protocol/keeper.js'
import { initialKeeperState, stepKeeper } from '../../protocol/keeper.js'
import { decideRestart } from '../../protocol/restart-policy.js'
import { performFailoverStep } from './failover-driver.js'
import type { NodeControl } from './node-control.js'
import type { RebuildTools } from './rebuild.js'
import { readmit, rebuildNode } from './rebuild.js'
import { describeEnvironment } from './status-view.js'
import type { Supervisor } from './supervisor.js'
import type { TopologyStore } from './topology-store.js'
import type { Observation } from './watch.js'
import { observeNodes } from './watch.js'

/** A master that answers no acknowledged write for this many rounds counts as dead. */
const limits = { missesMax: 3, attemptsMax: 3 }
const watchIntervalMs = 500

export interface KeeperParts {
  readonly plan: BootPlan
  readonly store: TopologyStore
  readonly supervisor: Supervisor
  readonly tools: Omit<RebuildTools, 'tell' | 'topology'>
  /** Lines of their own for the probes: a late probe drops its line, and no workflow may be on it. */
  readonly probes: ReadonlyMap<NodeName, NodeControl>
  readonly context: Context
}

/**
 * Drives the pure keeper machine against the real servers: feeds it what it sees, performs what it decides,
 * strictly in order. One per environment.
 */
export class Keeper {
  readonly #parts: KeeperParts
  readonly #tools: RebuildTools
  #state: KeeperState
  #performing: Promise<void> = Promise.resolve()
  #restarts = new Map<ComponentName, readonly number[]>()
  #observations = new Map<NodeName, Observation>()
  #usable = false

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#state = initialKeeperState(parts.store.current)
    this.#tools = { ...parts.tools, tell: (event) => this.tell(event), topology: () => this.#state.topology }
  }

  get state(): KeeperState {
    return this.#state
  }

  get tools(): RebuildTools {
    return this.#tools
  }

  set usable(usable: boolean) {
    this.#usable = usable
  }

  /** Steps the machine and performs its effects after those of all earlier events. */
  tell(event: KeeperEvent): Promise<void> {
    const { state, effects } = stepKeeper(this.#state, event, limits)
    this.#state = state
    // What was last seen of a node that comes back says nothing about it now.
    if (event.kind === 'readmitted') this.#observations.delete(event.node)
    if (effects.length === 0) return this.#performing
    this.#performing = this.#performing
      .then(() => this.#perform(effects))
      .catch((error) => this.#complain(error))
    return this.#performing
  }

  /** A component's process ended by itself: a matter for the machine if it is a node, else it is started again. */
  onGone(name: ComponentName): void {
    if (isNode(name)) {
      this.#tools.controls.get(name)?.drop()
      this.#parts.probes.get(name)?.drop()
      void this.tell({ kind: 'process-gone', node: name })
      return
    }
    void this.#restart(name, () => this.#parts.supervisor.start(name)).then(() => {
      if (name === 'redis') this.#parts.store.pushCurrent()
    })
  }

  /** Looks at the nodes every half second until the context is aborted. */
  async watch(): Promise<void> {
    const { clock, signal } = this.#parts.context
    while (!signal.aborted) {
      const observations = await observeNodes(
        { ...this.#tools, controls: this.#parts.probes },
        this.#state.topology,
      )
      for (const observation of observations) this.#note(observation)
      await clock.sleep(watchIntervalMs, signal).catch(() => undefined)
    }
  }

  /** Rebuilds what is quarantined, one node after the other. Part of every `up`. */
  async rebuildQuarantined(): Promise<void> {
    for (const node of this.#state.topology.nodes) {
      if (node.role === 'quarantined') await rebuildNode(this.#tools, node.name)
    }
  }

  /** Starts again what had been given up; part of every `up`. */
  async restartFailed(): Promise<void> {
    this.#restarts.clear()
    for (const name of this.#parts.supervisor.names) {
      if (this.#parts.supervisor.isRunning(name)) continue
      if (!isNode(name)) await this.#parts.supervisor.start(name)
      else if (nodeOf(this.#state.topology, name).source !== null)
        await readmit(this.#tools, nodeOf(this.#state.topology, name))
    }
  }

  status(): EnvironmentStatus {
    return describeEnvironment({
      plan: this.#parts.plan,
      state: this.#state,
      supervisor: this.#parts.supervisor,
      observations: this.#observations,
      transactionsBetween: this.#tools.dialect.transactionsBetween,
      usable: this.#usable,
    })
  }

  #note(observation: Observation): void {
    const before = this.#observations.get(observation.node)
    this.#observations.set(observation.node, observation)
    if (observation.answered) {
      void this.tell({ kind: 'answered', node: observation.node })
      if (!observation.replicating && !this.#state.failover) this.#nudge(observation.node)
    } else {
      if (before?.answered !== false)
        this.#parts.context.emit({
          kind: 'warning',
          code: 'PROBE_MISSED',
          message: `${observation.node}: ${observation.reason}`,
        })
      void this.tell({ kind: 'missed', node: observation.node, reason: observation.reason })
    }
  }

  /** Level-triggered repair: a replica whose threads stopped is told to go on. */
  #nudge(node: NodeName): void {
    if (nodeOf(this.#state.topology, node).source === null) return
    this.#parts.probes
      .get(node)
      ?.run(watchIntervalMs, (connection) => this.#tools.dialect.startReplica(connection))
      .catch((error) => this.#complain(error))
  }

  async #perform(effects: readonly KeeperEffect[]): Promise<void> {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'publish':
          await this.#publish(effect.topology)
          break
        case 'perform':
          // Not awaited: the step's result is an event of its own, and others may come meanwhile.
          void this.#performStep(effect)
          break
        case 'restart':
          void this.#restart(effect.node, () => this.#restartNode(effect.node))
          break
        case 'refused':
          this.#parts.context.emit({ kind: 'warning', code: 'FAILOVER_REFUSED', message: effect.reason })
          break
      }
    }
  }

  async #publish(topology: KeeperState['topology']): Promise<void> {
    await this.#parts.store.publish(topology)
    const roles = Object.fromEntries(topology.nodes.map((node) => [node.name, node.role]))
    this.#parts.context.emit({
      kind: 'topology',
      epoch: topology.epoch,
      master: topology.master,
      roles,
      reason: topology.reason,
    })
    for (const node of topology.nodes) {
      // While it is being rebuilt its process runs again before its role changes.
      if (node.role === 'quarantined' && !this.#parts.supervisor.isRunning(node.name))
        this.#parts.supervisor.mark(
          node.name,
          'quarantined',
          'its history must be compared before it serves again',
        )
    }
  }

  async #performStep(effect: Extract<KeeperEffect, { kind: 'perform' }>): Promise<void> {
    const { clock, emit } = this.#parts.context
    const { step } = effect
    const startedMs = clock.monotonicMs()
    const id = `failover.${step.kind}`
    emit({ kind: 'step.started', step: id, title: `Failover: ${step.kind} (attempt ${effect.attempt})` })
    try {
      const endProcess = (node: NodeName) => this.#parts.supervisor.kill(node)
      const surplus = await performFailoverStep({ ...this.#tools, endProcess }, step, this.#state.topology)
      emit({ kind: 'step.done', step: id, durationMs: clock.monotonicMs() - startedMs })
      await this.tell({ kind: 'step-done', step: step.kind, surplus })
    } catch (error) {
      this.#complain(error)
      await this.tell({ kind: 'step-failed', step: step.kind, reason: reasonOf(error) })
    }
  }

  async #restartNode(node: NodeName): Promise<void> {
    await this.#parts.supervisor.start(node)
    await this.tell({ kind: 'process-started', node })
    const { topology } = this.#state
    if (topology.master !== null) await readmit(this.#tools, nodeOf(topology, node))
  }

  async #restart(name: ComponentName, start: () => Promise<void>): Promise<void> {
    const { clock, signal, emit } = this.#parts.context
    const decision = decideRestart(this.#restarts.get(name) ?? [], clock.monotonicMs())
    this.#restarts.set(name, decision.attemptsAtMs)
    if (signal.aborted) return
    if (!decision.restart) {
      emit({
        kind: 'warning',
        code: 'GIVEN_UP',
        message: `${name} ended too often in a row; corelab up tries again`,
      })
      return
    }
    try {
      await clock.sleep(decision.delayMs, signal)
      await start()
    } catch (error) {
      this.#complain(error)
      if (!signal.aborted) await this.#restart(name, start)
    }
  }

  #complain(error: unknown): void {
    if (this.#parts.context.signal.aborted) return
    this.#parts.context.emit({ kind: 'warning', code: 'KEEPER', message: reasonOf(error) })
  }
}

export function isNode(name: ComponentName): name is NodeName {
  return name.startsWith('db-')
}

/** The data folder of a node in the plan. */
export function dataDirOf(plan: BootPlan, node: NodeName): string {
  const planned = plan.nodes.find((each) => each.name === node)
  assert(planned, `node ${node} is not in the plan`)
  return planned.dataDir
}
