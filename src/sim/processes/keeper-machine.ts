import type { Topology } from '../../model/topology.js'
import type {
  KeeperEffect,
  KeeperEvent,
  KeeperLimits,
  KeeperState,
  KeeperStep,
  UntimedKeeperEvent,
} from '../../protocol/keeper/state.js'
import { initialKeeperState } from '../../protocol/keeper/state.js'
import type { Step, StepKind, StepReport } from '../../protocol/keeper/steps.js'
import type { Facts } from '../checks/facts.js'
import type { Process } from '../world/process.js'
import type { World } from '../world/world.js'
import { candidateOf, type DeathWish, deathOfKeeper, isThePlace } from './death-wish.js'
import { coverChange } from './keeper-coverage.js'
import { KeeperPublisher } from './keeper-publisher.js'
import type { KeeperReturns } from './keeper-returns.js'
import { stepText, topologyText } from './keeper-texts.js'
import type { KeeperTools } from './keeper-tools.js'
import { type Tasks, Trouble, type Work } from './tasks.js'
import type { TopologyStore } from './topology-store.js'

export type StepKeeper = (state: KeeperState, event: KeeperEvent, limits: KeeperLimits) => KeeperStep
export type PerformStep = (tools: KeeperTools, step: Step) => Work<StepReport>
type Perform = Extract<KeeperEffect, { readonly kind: 'perform' }>

export interface KeeperMachinePorts {
  readonly world: World
  readonly process: () => Process
  readonly facts: Facts
  readonly store: TopologyStore
  readonly tools: KeeperTools
  readonly tasks: Tasks
  readonly returns: () => KeeperReturns
  readonly limits: KeeperLimits
  readonly step: StepKeeper
  readonly performStep: PerformStep
  /** Calls {@link KeeperMachine.written} when the topology is on the disk. */
  readonly write: () => void
  readonly onPublished: (topology: Topology) => void
}

/** Steps the pure machine and performs its effects in their order; may be told to die, or to kill, at any of them. */
export class KeeperMachine {
  /** null while another keeper has the lock. */
  state: KeeperState | null = null
  deathWish: DeathWish | null = null
  readonly #ports: KeeperMachinePorts
  readonly #publisher: KeeperPublisher
  readonly #events: UntimedKeeperEvent[] = []
  #isStepping = false
  #leaveOffStep: (() => void) | null = null

  constructor(ports: KeeperMachinePorts) {
    this.#ports = ports
    this.#publisher = new KeeperPublisher({
      store: ports.store,
      write: ports.write,
      onPublished: (topology) => this.#onPublished(topology),
      perform: (effect) => this.#perform(effect),
    })
  }

  /** In command, with what is durable. */
  begin(): void {
    this.state = initialKeeperState(this.#ports.store.current)
  }

  feed(event: UntimedKeeperEvent): void {
    this.#events.push(event)
    if (this.#isStepping) return
    this.#isStepping = true
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift())
      this.#stepOnce(next)
    this.#isStepping = false
  }

  written(): void {
    this.#publisher.written()
  }

  reset(): void {
    this.state = null
    this.deathWish = null
    this.#publisher.reset()
    this.#events.length = 0
    this.#leaveOffStep = null
  }

  #stepOnce(untimed: UntimedKeeperEvent): void {
    const { step, limits, facts, tools, process } = this.#ports
    const before = this.state
    if (before === null) return
    const event = { ...untimed, nowMs: tools.nowMs() } as KeeperEvent
    const { state, effects } = step(before, event, limits)
    this.state = state
    coverChange(facts, { before, after: state, event, limits })
    const { life } = process()
    for (const effect of effects) {
      // It may have died in the middle of its effects.
      if (process().life !== life) return
      this.#take(effect)
    }
  }

  #take(effect: KeeperEffect): void {
    const { tools, returns } = this.#ports
    switch (effect.kind) {
      case 'publish':
        this.#publisher.add(effect)
        break
      case 'perform':
        this.#leaveOffStep?.()
        this.#leaveOffStep = null
        this.#publisher.add(effect)
        break
      case 'restart':
        returns().bringBack(effect.node)
        break
      case 'rejoin':
        returns().rejoin(effect.node)
        break
      case 'refused':
        tools.tell(`refuses: ${effect.reason}`)
        break
      case 'answer':
        tools.tell(`answers ${effect.request}: ${effect.outcome.done ? 'done' : effect.outcome.reason}`)
    }
  }

  #perform(effect: Perform): void {
    if (this.#diesAt('begin', effect.step.kind)) return
    const again = effect.attempt > 1 ? `, attempt ${effect.attempt}` : ''
    this.#ports.tools.tell(`begins ${stepText(effect.step)}${again}`)
    this.#leaveOffStep = this.#ports.tasks.start(this.#performStep(effect))
  }

  *#performStep({ step, ticket }: Perform): Work<void> {
    const { tools, performStep } = this.#ports
    try {
      const report = yield* performStep(tools, step)
      if (this.#diesAt('end', step.kind)) return
      this.feed({ kind: 'step-done', ticket, report })
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      tools.tell(`${step.kind} failed: ${error.message}`)
      this.feed({ kind: 'step-failed', ticket, reason: error.message })
    }
  }

  #onPublished(topology: Topology): void {
    const { tools, facts, onPublished } = this.#ports
    tools.tell(topologyText(topology))
    facts.published()
    if (!this.#diesAt('published', null)) onPublished(topology)
  }

  /** Whether this keeper is dead now. */
  #diesAt(at: DeathWish['at'], step: StepKind | null): boolean {
    const wish = this.deathWish
    if (!isThePlace(wish, at, step)) return false
    this.deathWish = null
    const { world, facts, tools, process } = this.#ports
    tools.tell(`${wish.victim} is killed: ${at}${step === null ? '' : ` of ${step}`}`)
    const candidate = candidateOf(this.state)
    if (wish.victim === 'qlink') world.end(tools.qlink, 'kill')
    else if (wish.victim === 'keeper') {
      const death = deathOfKeeper(step)
      if (death !== null) facts.sometimes(death)
      world.end(process(), 'kill')
    } else if (candidate !== null) world.end(tools.nodeOf(candidate), 'kill')
    return wish.victim === 'keeper'
  }
}
