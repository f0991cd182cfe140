import { assert, present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { reasonOf } from '../../kit/errors.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { ComponentName } from '../../model/component-spec.js'
import type { EnvironmentStatus } from '../../model/environment.js'
import type { NodeName } from '../../model/node.js'
import { isNode } from '../../model/node.js'
import type { QlinkStatus } from '../../model/qlink.js'
import type { ReaderKind, Topology } from '../../model/topology.js'
import type {
  KeeperEffect,
  KeeperEvent,
  KeeperState,
  Outcome,
  UntimedKeeperEvent,
} from '../../protocol/keeper/state.js'
import { defaultKeeperLimits, initialKeeperState } from '../../protocol/keeper/state.js'
import { stepKeeper } from '../../protocol/keeper/step.js'
import { statePaths } from '../../sys/state-dir.js'
import { verifyCluster } from '../verify/verify-cluster.js'
import type { VerifyResult, VerifyTools } from '../verify/verify-tools.js'
import { followQlink } from './follow-qlink.js'
import { acceptLoss } from './force-failover.js'
import type { HoldPoint } from './hold-point.js'
import { lostLogOf } from './lost-log.js'
import { NodeReturn } from './node-return.js'
import { isLoginRefused } from './refused-login.js'
import type { WiringTools } from './replication-wiring.js'
import { guardSettings } from './settings-guard.js'
import { ShadowTeller } from './shadow-teller.js'
import { describeEnvironment } from './status-view.js'
import { StepRunner } from './step-runner.js'
import type { StepTools } from './step-tools.js'
import type { Supervisor } from './supervisor.js'
import type { TopologyStore } from './topology-store.js'
import type { Observation, ProbeLines } from './watch.js'
import { watchNodes } from './watch.js'

const tickMs = 50

export interface KeeperParts {
  readonly plan: BootPlan
  readonly store: TopologyStore
  readonly supervisor: Supervisor
  readonly tools: StepTools
  readonly dataDirOf: (node: NodeName) => string
  readonly extrasDir: string
  readonly serverVersion: string
  readonly openReader: VerifyTools['openReader']
  readonly probes: ProbeLines
  /** The lines of the guard of settings. */
  readonly looks: WiringTools
  readonly hold: HoldPoint
  readonly context: Context
}

/**
 * Drives the pure keeper machine against the real servers: feeds it what it sees, performs what it decides. One per
 * environment.
 */
export class Keeper {
  readonly #parts: KeeperParts
  readonly #runner: StepRunner
  readonly #return: NodeReturn
  #state: KeeperState
  #publishing: Promise<void> = Promise.resolve()
  #observations = new Map<NodeName, Observation>()
  #qlink: QlinkStatus | null = null
  #usable = false
  #lastRefusal: string | null = null
  #requests = 0
  readonly #shadowTeller: ShadowTeller
  /** Why a node stays out until somebody says otherwise. */
  readonly #heldBecause = new Map<NodeName, string>()
  readonly #followers = new Set<(topology: Topology) => void>()
  readonly #answers = new Map<number, (outcome: Outcome) => void>()

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#state = initialKeeperState(parts.store.current)
    const tell = (event: UntimedKeeperEvent) => this.tell(event)
    this.#runner = new StepRunner({ ...parts, tell, state: () => this.#state })
    this.#return = new NodeReturn({ ...parts, tell, state: () => this.#state })
    this.#shadowTeller = new ShadowTeller(parts.tools, (error) => this.#complain(error))
  }

  get state(): KeeperState {
    return this.#state
  }

  get tools(): NodeReturn['tools'] {
    return this.#return.tools
  }

  get qlink(): QlinkStatus | null {
    return this.#qlink
  }

  set usable(usable: boolean) {
    this.#usable = usable
  }

  /** Steps the machine; its effects begin in their order. Resolves when what it published is durable. */
  tell(event: UntimedKeeperEvent): Promise<void> {
    if (event.kind === 'diverged') this.#heldBecause.set(event.node, event.reason)
    const nowMs = this.#parts.context.clock.monotonicMs()
    const { state, effects } = stepKeeper(
      this.#state,
      { ...event, nowMs } as KeeperEvent,
      defaultKeeperLimits,
    )
    this.#state = state
    if (effects.length > 0) this.#perform(effects)
    return this.#publishing
  }

  /** A component's process ended by itself: a matter for the machine if it is a node, else it is started again. */
  onGone(name: ComponentName): void {
    if (!isNode(name)) {
      this.#return.restartServer(name)
      return
    }
    this.hangUp(name)
    void this.tell({ kind: 'process-gone', node: name })
  }

  /** Drops all lines to a node; they are opened again when they are needed. */
  hangUp(node: NodeName): void {
    const { tools, probes, looks } = this.#parts
    for (const { controls } of [tools, probes.reads, probes.writes, looks]) controls.get(node)?.drop()
  }

  /** Looks at nodes and qlink until the context is aborted. */
  async watch(): Promise<void> {
    const { context, probes, tools, looks, plan } = this.#parts
    void this.tell({ kind: 'resume' })
    await Promise.all([
      watchNodes(probes, {
        topology: () => this.#state.topology,
        onSeen: (observation) => this.#note(observation),
        onAcknowledged: (node) => void this.tell({ kind: 'acknowledged', node }),
      }),
      followQlink(
        tools.qlink,
        { onSeen: (status) => this.#noteQlink(status), onLost: () => this.#loseQlink() },
        context,
      ),
      this.#tick(),
      plan.guarded ? guardSettings({ looks, repairs: tools, state: () => this.#state, context }) : null,
    ])
  }

  /** Brings back what is quarantined or had been given up; part of every `up`. Throws what stands against it. */
  reconcile(): Promise<void> {
    return this.#return.reconcile()
  }

  switchover(to: NodeName | null): Promise<Outcome> {
    return this.#ask((request) => ({ kind: 'switchover-asked', request, to }))
  }

  failover(reason: string): Promise<Outcome> {
    return this.#ask((request) => ({ kind: 'failover-asked', request, reason }))
  }

  /** The same without qlink's log, which nobody can use any more. Throws FAILOVER_REFUSED when that is not so. */
  async forceFailover(reason: string): Promise<Outcome> {
    const { tools, supervisor, plan } = this.#parts
    const goesOn = await acceptLoss({
      ...tools,
      supervisor,
      topology: () => this.#state.topology,
      qlinkDataDir: statePaths(plan.stateDir).component('qlink').data,
    })
    if (goesOn !== null) return { done: true, epoch: this.#state.topology.epoch, master: goesOn }
    return this.failover(`${reason}, with possible loss`)
  }

  reads(from: readonly ReaderKind[]): Promise<Outcome> {
    return this.#ask((request) => ({ kind: 'reads-asked', request, from }))
  }

  /** Compares all nodes, row by row, while they are written to. */
  verify(): Promise<VerifyResult> {
    const { openReader } = this.#parts
    return verifyCluster({
      ...this.#return.tools,
      openReader,
      withoutRepairs: (work) => this.#return.withoutRepairs(work),
    })
  }

  get returning(): NodeReturn {
    return this.#return
  }

  status(): EnvironmentStatus {
    return describeEnvironment({
      plan: this.#parts.plan,
      state: this.#state,
      supervisor: this.#parts.supervisor,
      observations: this.#observations,
      heldBecause: this.#heldBecause,
      failures: this.#return.failures,
      qlink: this.#qlink,
      transactionsBetween: this.#parts.tools.dialect.transactionsBetween,
      usable: this.#usable,
    })
  }

  /** Tells the present topology at once, and each later one. Returns how to end it. */
  followTopology(listener: (topology: Topology) => void): () => void {
    this.#followers.add(listener)
    listener(this.#parts.store.current)
    return () => this.#followers.delete(listener)
  }

  async #ask(eventOf: (request: number) => UntimedKeeperEvent): Promise<Outcome> {
    const request = ++this.#requests
    const answered = new Promise<Outcome>((resolve) => this.#answers.set(request, resolve))
    void this.tell(eventOf(request))
    return answered
  }

  async #tick(): Promise<void> {
    const { clock, signal } = this.#parts.context
    while (!signal.aborted) {
      void this.tell({ kind: 'tick' })
      await clock.sleep(tickMs, signal).catch(() => undefined)
    }
  }

  #note(observation: Observation): void {
    const { node } = observation
    const before = this.#observations.get(node)
    this.#observations.set(node, observation)
    if (observation.answered) {
      void this.tell({ kind: 'answered', node })
      if (!observation.replicating && !this.#state.workflow) this.#return.nudge(node)
      return
    }
    if (before?.answered !== false)
      this.#parts.context.emit({
        kind: 'warning',
        code: 'PROBE_MISSED',
        message: `${node}: ${observation.reason}`,
      })
  }

  #noteQlink(status: QlinkStatus): void {
    this.#qlink = status
    this.#shadowTeller.look(status, this.#state.topology)
    void this.tell({
      kind: 'qlink-seen',
      heardAgoMs: status.link.heardAgoMs,
      bytes: status.link.furthestBytes,
      holdsBack: this.#holdsBack(status),
      loopDelayMs: status.loopDelayMs,
    })
  }

  /** Nor does it say anything about the master that a qlink without its log or its password does not acknowledge. */
  #holdsBack(status: QlinkStatus): boolean {
    if (status.throttled || status.diskError !== null) return true
    return isLoginRefused(status) || lostLogOf(status, this.#state.topology.epoch) !== null
  }

  #loseQlink(): void {
    this.#qlink = null
    void this.tell({ kind: 'qlink-lost' })
  }

  #perform(effects: readonly KeeperEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'publish':
          this.#publishing = this.#publishing.then(() => this.#publish(effect.topology))
          break
        case 'perform':
          // Whatever is published before a step is durable before the step begins.
          this.#runner.run(effect, this.#publishing)
          break
        case 'restart':
          this.#return.bringBack(effect.node)
          break
        case 'rejoin':
          this.#return.rejoin(effect.node)
          break
        case 'refused':
          this.#refused(effect.reason)
          break
        case 'answer':
          void this.#publishing.then(() => this.#answer(effect.request, effect.outcome))
          break
      }
    }
  }

  async #publish(topology: Topology): Promise<void> {
    const { store, context, supervisor } = this.#parts
    await store.publish(topology)
    for (const tellFollower of this.#followers) tellFollower(topology)
    this.#lastRefusal = null
    const roles = Object.fromEntries(topology.nodes.map((node) => [node.name, node.role]))
    const { epoch, master, reason } = topology
    context.emit({ kind: 'topology', epoch, master, roles, reason })
    for (const { name, role } of topology.nodes)
      if (
        role === 'quarantined' &&
        supervisor.stateOf(name).state !== 'quarantined' &&
        !supervisor.isRunning(name)
      )
        supervisor.mark(name, 'quarantined', reason)
  }

  #refused(reason: string): void {
    if (reason === this.#lastRefusal) return
    this.#lastRefusal = reason
    this.#parts.context.emit({ kind: 'warning', code: 'FAILOVER_REFUSED', message: reason })
  }

  #answer(request: number, outcome: Outcome): void {
    present(this.#answers.get(request), `request ${request}`)(outcome)
    this.#answers.delete(request)
  }

  #complain(error: unknown): void {
    if (this.#parts.context.signal.aborted) return
    this.#parts.context.emit({ kind: 'warning', code: 'KEEPER', message: reasonOf(error) })
  }
}

/** The data folder of a node in the plan. */
export function dataDirOf(plan: BootPlan, node: NodeName): string {
  const planned = plan.nodes.find((each) => each.name === node)
  assert(planned, `node ${node} is not in the plan`)
  return planned.dataDir
}
