import type { Random } from '../../kit/random.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { KeeperLimits, KeeperState } from '../../protocol/keeper/state.js'
import type { Facts } from '../checks/facts.js'
import type { DatabaseNode } from '../database/database-node.js'
import type { Answer, NodeAsk, NodeStatus, Push, QlinkLine, StreamMessage } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Actor, Connection, Ending, Exchange, Process } from '../world/process.js'
import type { World } from '../world/world.js'
import { nodeIndexOf } from './addresses.js'
import type { DeathWish } from './death-wish.js'
import { boot } from './keeper-boot.js'
import { KeeperEyes } from './keeper-eyes.js'
import { KeeperMachine, type PerformStep, type StepKeeper } from './keeper-machine.js'
import { KeeperQlinkWatch } from './keeper-qlink-watch.js'
import { type BringBack, KeeperReturns } from './keeper-returns.js'
import { type KeeperTools, statementLimitMs } from './keeper-tools.js'
import { repairOf } from './replica-repair.js'
import { ShadowTeller } from './shadow-teller.js'
import type { Supervisor } from './supervisor.js'
import { ask, Tasks, type Work } from './tasks.js'
import type { TopologyStore } from './topology-store.js'

export interface KeeperContext {
  readonly world: World
  readonly network: Network
  readonly facts: Facts
  readonly random: Random
  readonly store: TopologyStore
  readonly supervisor: Supervisor
  readonly nodes: readonly DatabaseNode[]
  readonly qlink: () => Process
  readonly routers: () => readonly Process[]
  readonly limits: KeeperLimits
  readonly step: StepKeeper
  readonly performStep: PerformStep
  readonly rejoin: BringBack
  /** One durable write of the topology. */
  readonly storeUs: number
}

const tickCode = 1
const writtenCode = 2
const taskCode = 3
const lockCode = 4
const goneCode = 5
const watchCode = 6

const tickUs = 50_000
const lockPollUs = 100_000
const watchAgainUs = 50_000
/** Until the keeper hears that a process of its host has ended. */
const goneUs = 20_000

/** A keeper's process. It waits for the lock first, so that another one may be its standby. */
export class KeeperProcess implements Actor {
  /** It ended by itself; the system starts it again. */
  stoodDown = false
  isKeeping = false
  readonly #context: KeeperContext
  readonly #process: () => Process
  readonly #tasks: Tasks
  readonly #tools: KeeperTools
  readonly #machine: KeeperMachine
  readonly #eyes: KeeperEyes
  readonly #watch: KeeperQlinkWatch
  readonly #returns: KeeperReturns
  readonly #shadow: ShadowTeller
  #term = 0
  #requests = 0

  constructor(process: () => Process, context: KeeperContext) {
    const { world, network, facts, limits, step, performStep, store } = context
    this.#process = process
    this.#context = context
    this.#tasks = new Tasks({ world, network, process, timerCode: taskCode })
    const tasks = this.#tasks
    this.#tools = this.#makeTools()
    const tools = this.#tools
    this.#machine = new KeeperMachine({
      ...{ world, process, facts, store, tools, tasks, limits, step, performStep },
      returns: () => this.#returns,
      write: () =>
        world.timer(process(), context.storeUs + context.random.below(context.storeUs), writtenCode),
      onPublished: (topology) => this.#onPublished(topology),
    })
    const feed = this.#machine.feed.bind(this.#machine)
    this.#returns = new KeeperReturns({ tools, facts, rejoin: context.rejoin, feed })
    this.#shadow = new ShadowTeller(tools, world)
    this.#eyes = new KeeperEyes({
      ...{ world, network, process },
      nodeOf: tools.nodeOf,
      onAnswered: (name, status) => this.#onAnswered(name, status),
      onAcknowledged: (node) => feed({ kind: 'acknowledged', node }),
    })
    this.#watch = new KeeperQlinkWatch({
      ...{ world, network, process },
      qlink: context.qlink,
      connectSoon: () => world.timer(process(), watchAgainUs, watchCode),
      onLine: (line) => this.#onLine(line),
      onLost: () => feed({ kind: 'qlink-lost' }),
    })
  }

  get state(): KeeperState | null {
    return this.#machine.state
  }

  set deathWish(wish: DeathWish | null) {
    this.#machine.deathWish = wish
  }

  started(): void {
    this.stoodDown = false
    this.#tryLock()
  }

  ended(_how: Ending): void {
    const { store } = this.#context
    if (store.lock?.holder === this.#process().index) store.lock = null
    this.isKeeping = false
    this.#machine.reset()
    this.#tasks.reset()
    this.#tools.isolated.clear()
    this.#eyes.reset()
    this.#returns.reset()
    this.#watch.reset()
  }

  timer(code: number, arg: number): void {
    switch (code) {
      case tickCode:
        this.#tick()
        break
      case writtenCode:
        this.#machine.written()
        break
      case taskCode:
        this.#tasks.timer(arg)
        break
      case lockCode:
        this.#tryLock()
        break
      case goneCode:
        this.#onGone(arg)
        break
      case watchCode:
        this.#watch.connect()
    }
  }

  asked(): void {
    // People's wishes come by the methods below.
  }

  answered(exchange: Exchange, answer: Answer): void {
    const { state } = this.#machine
    if (answer.kind === 'refused-by-qlink' && answer.why === 'term-old') this.#standDown()
    else if (state === null || !this.#eyes.answered(exchange, answer, state.topology))
      this.#tasks.answered(exchange, answer)
  }

  connected(): void {
    // Nobody connects to it.
  }

  received(connection: Connection, message: StreamMessage): void {
    this.#watch.received(connection, message)
  }

  closed(connection: Connection): void {
    this.#watch.closed(connection)
  }

  pushed(_push: Push): void {
    // It is the one who pushes.
  }

  /** A process of its host ended by itself. */
  hearOfEnd(ended: Process): void {
    const { nodes, qlink, world, random } = this.#context
    const isMine = ended === qlink() || ended.index < nodes.length
    if (this.state !== null && isMine)
      world.timer(this.#process(), 1000 + random.below(goneUs), goneCode, ended.index)
  }

  /** `corelab cluster switchover`. */
  switchover(to: NodeName | null): void {
    this.#machine.feed({ kind: 'switchover-asked', request: ++this.#requests, to })
  }

  /** `corelab cluster failover`. */
  failover(): void {
    this.#machine.feed({ kind: 'failover-asked', request: ++this.#requests, reason: 'asked for' })
  }

  /** `corelab cluster rejoin --mode reclone`. */
  reclone(name: NodeName): void {
    if (this.isKeeping) this.#returns.reclone(name)
  }

  /** `corelab up` on a running environment: what was given up, or is out of service, is tried again. */
  reconcile(): void {
    if (this.state === null || !this.isKeeping) return
    this.#returns.forgive()
    for (const { name, role, serving } of this.state.topology.nodes) {
      if (role === 'quarantined') this.#returns.rejoin(name)
      else if (role !== 'master' && !serving) this.#returns.bringBack(name)
    }
  }

  #makeTools(): KeeperTools {
    const { world, supervisor, facts, random, nodes, store, qlink } = this.#context
    return {
      ...{ supervisor, facts, random },
      nodeOf: (name) => world.process(nodeIndexOf(name)),
      get qlink() {
        return qlink()
      },
      dataOf: (name) => nodes[nodeIndexOf(name)] as DatabaseNode,
      isolated: new Map(),
      topology: () => this.state?.topology ?? store.current,
      isBusy: () => this.state?.workflow != null,
      term: () => this.#term,
      dropLine: (name) => this.#tasks.dropLine(world.process(nodeIndexOf(name))),
      aside: (work) => void this.#tasks.start(work),
      nowMs: () => world.clockMs(this.#process()),
      tell: (what) => world.story?.tell(world.nowUs, this.#process().name, what),
    }
  }

  #tryLock(): void {
    const { store, world, facts } = this.#context
    const { index, life } = this.#process()
    if (store.lock !== null) {
      world.timer(this.#process(), lockPollUs, lockCode)
      return
    }
    store.lock = { holder: index, life }
    if (store.lastHolder !== index) facts.sometimes('standby took over')
    store.lastHolder = index
    this.#tools.tell('takes the lock')
    this.#machine.begin()
    this.#tasks.start(this.#bootAndKeep())
  }

  *#bootAndKeep(): Work<void> {
    yield* boot(this.#tools, {
      claimed: (term) => {
        this.#term = term
        this.#tools.tell(`claims qlink: term ${term}`)
      },
      feed: (event) => this.#machine.feed(event),
    })
    this.isKeeping = true
    this.#watch.connect()
    this.#tick()
  }

  #tick(): void {
    this.#context.world.timer(this.#process(), tickUs, tickCode)
    this.#watch.look()
    this.#machine.feed({ kind: 'tick' })
    if (this.state !== null) this.#eyes.look(this.state.topology)
  }

  #onPublished(topology: Topology): void {
    const { network, routers } = this.#context
    for (const router of routers()) network.push(this.#process(), router, { kind: 'topology', topology })
    if (topology.master !== null) this.#shadow.tell(topology)
  }

  #onAnswered(node: NodeName, status: NodeStatus): void {
    this.#machine.feed({ kind: 'answered', node })
    const { state } = this
    if (state === null || state.workflow !== null || this.#returns.isUnderWay(node)) return
    const repair = repairOf(state.topology, node, status)
    if (repair?.kind === 'ask') this.#tools.aside(askOnly(this.#tools.nodeOf(node), repair.ask))
    if (repair?.kind !== 'diverged') return
    this.#context.facts.sometimes('errant write found')
    this.#machine.feed({ kind: 'diverged', node, reason: repair.reason })
  }

  #onLine(line: QlinkLine): void {
    const { heardAgoMs, bytes, holdsBack, loopDelayMs } = line
    this.#machine.feed({ kind: 'qlink-seen', heardAgoMs, bytes, holdsBack, loopDelayMs })
    const { state } = this
    if (state !== null && state.workflow === null) this.#shadow.look(state.topology, line.shadow)
  }

  #onGone(index: number): void {
    const { world, qlink } = this.#context
    const process = world.process(index)
    if (process === qlink()) this.#returns.restartQlink()
    else this.#machine.feed({ kind: 'process-gone', node: process.name as NodeName })
  }

  /** Somebody else has claimed qlink: whoever that is, two must not go on. */
  #standDown(): void {
    this.#context.facts.sometimes('older keeper refused')
    this.#tools.tell('has been replaced, and ends')
    this.stoodDown = true
    this.#context.world.end(this.#process(), 'kill')
  }
}

function* askOnly(node: Process, question: NodeAsk): Work<void> {
  yield* ask(node, question, statementLimitMs)
}
