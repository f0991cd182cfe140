import { BugError } from '../../kit/assert.js'
import type { Cast } from '../cast.js'
import { keeperOf } from '../cast.js'
import { AckLedger } from '../checks/ack-ledger.js'
import { BacklogCheck } from '../checks/backlog-check.js'
import { judgeEnd } from '../checks/convergence.js'
import { Coverage } from '../checks/coverage.js'
import { Invariants, type InvariantsContext } from '../checks/invariants.js'
import { Transactions } from '../database/transactions.js'
import { Nemesis } from '../faults/nemesis.js'
import type { Plan } from '../faults/schedule.js'
import { planOf } from '../faults/schedule.js'
import type { Parts } from '../plant/parts.js'
import { soundParts } from '../plant/parts.js'
import type { Process } from '../world/process.js'
import type { Director, Story, Violation } from '../world/world.js'
import { buildCast, startCast } from './build-cast.js'

export interface RunOptions {
  readonly seed: number
  /** Virtual. */
  readonly seconds: number
  /** With planted bugs, if any. */
  readonly parts?: Parts
  readonly story?: Story
  /** Ends there, without judging. */
  readonly untilUs?: number
}

export interface RunResult {
  readonly seed: number
  /** Over every event that happened, in order. */
  readonly hash: string
  readonly events: number
  readonly violation: Violation | null
  /** How often each thing was met that a campaign should meet. */
  readonly coverage: Readonly<Record<string, number>>
  readonly acknowledged: number
  readonly unknown: number
  readonly epochs: number
  readonly faults: number
}

/** One run. Everything in it comes from the seed, and nothing from this host. */
export function runSeed(options: RunOptions): RunResult {
  const run = new Run(planOf(options.seed, options.seconds), options)
  run.play(options.untilUs ?? null)
  return run.result()
}

const healMark = 0
const quietMark = 1
const tidyMark = 2
const restartMark = 3
/** After this long the system starts a keeper again that ended by itself. */
const restartUs = 1_000_000
/** From here on two marks for each fault: its begin and its end. */
const faultMarks = 10
const tidyAfterUs = [2_000_000, 8_000_000] as const
/** A read may be asked for at the end of a lease; its router looks at the truth every 200 ms. */
const readLeaseUs = 800_000

class Run implements Director {
  readonly #plan: Plan
  readonly #cast: Cast
  readonly #ledger = new AckLedger()
  readonly #coverage = new Coverage()
  readonly #transactions = new Transactions()
  readonly #invariants: Invariants
  readonly #nemesis: Nemesis
  #acknowledgedAtHealing = 0

  constructor(plan: Plan, { parts = soundParts, story }: RunOptions) {
    this.#plan = plan
    const { seed, knobs } = plan
    const backlog = new BacklogCheck(knobs.qlinkLimits.backlogTransactionsMax)
    const [coverage, transactions, ledger] = [this.#coverage, this.#transactions, this.#ledger]
    let context: InvariantsContext | null = null
    const contextOf = () => {
      const { world, nodes, qlinkDisk: disk, store, qlink } = this.#cast
      context ??= { world, nodes, transactions, disk, store, coverage, qlink, backlog }
      return context
    }
    this.#invariants = new Invariants(contextOf, { readLeaseUs })
    this.#cast = buildCast({ seed, knobs, parts, facts: this.#invariants, ledger, transactions })
    this.#nemesis = new Nemesis(this.#cast)
    this.#cast.world.story = story ?? null
    this.#cast.world.direct(this)
  }

  play(untilUs: number | null): void {
    const { world } = this.#cast
    const { endUs } = this.#plan
    try {
      this.#planAhead()
      this.#invariants.begin()
      startCast(this.#cast)
      world.run(untilUs ?? endUs)
      if (untilUs === null && world.violation === null) this.#judge()
    } catch (error) {
      // A machine's own assertion is as good as an invariant.
      if (!(error instanceof BugError)) throw error
      world.violate('assertion', error.message)
    }
  }

  result(): RunResult {
    const { world, network } = this.#cast
    for (let count = 0; count < network.duplicates; count++) this.#coverage.note('message duplicated')
    return {
      seed: this.#plan.seed,
      hash: world.hash(),
      events: world.events,
      violation: world.violation,
      coverage: this.#coverage.counts(),
      acknowledged: this.#ledger.acknowledged,
      unknown: this.#ledger.unknown,
      epochs: this.#invariants.epochs.all.length,
      faults: this.#plan.faults.length,
    }
  }

  due(mark: number): void {
    if (mark === healMark) {
      this.#nemesis.healAll()
      return
    }
    if (mark === quietMark) {
      for (const router of this.#cast.routers) router.isQuiet = true
      return
    }
    if (mark === tidyMark) {
      // What was acknowledged from here on is proof of life.
      this.#acknowledgedAtHealing = this.#ledger.acknowledged
      this.#nemesis.tidyUp(keeperOf(this.#cast))
      return
    }
    if (mark === restartMark) {
      for (const [index, keeper] of this.#cast.keepers.entries())
        if (keeper.stoodDown) this.#cast.world.start(this.#cast.keeperProcesses[index] as Process)
      return
    }
    const index = Math.floor((mark - faultMarks) / 2)
    const fault = this.#plan.faults[index]
    if (!fault) return
    if ((mark - faultMarks) % 2 === 0) this.#nemesis.begin(index, fault)
    else this.#nemesis.end(index, fault)
  }

  ended(process: Process): void {
    const { supervisor, keepers, keeperProcesses } = this.#cast
    const { world } = this.#cast
    if (keepers[keeperProcesses.indexOf(process)]?.stoodDown) world.plan(world.nowUs + restartUs, restartMark)
    if (supervisor.isExpected(process)) return
    for (const [index, keeper] of keepers.entries())
      if (keeperProcesses[index]?.state !== 'down') keeper.hearOfEnd(process)
  }

  afterEvent(): void {
    this.#invariants.afterEvent()
  }

  #planAhead(): void {
    const { world } = this.#cast
    const { faults, healAtUs, quietAtUs } = this.#plan
    for (const [index, { atUs, durationUs }] of faults.entries()) {
      world.plan(atUs, faultMarks + 2 * index)
      const endsAtUs = atUs + durationUs
      if (endsAtUs < healAtUs) world.plan(endsAtUs, faultMarks + 2 * index + 1)
    }
    world.plan(healAtUs, healMark)
    for (const afterUs of tidyAfterUs) world.plan(healAtUs + afterUs, tidyMark)
    world.plan(quietAtUs, quietMark)
  }

  #judge(): void {
    const { world, nodes, store } = this.#cast
    const keeper = keeperOf(this.#cast)
    const verdict = judgeEnd({
      topology: store.current,
      nodes,
      transactions: this.#transactions,
      ledger: this.#ledger,
      isHeld: (name) => keeper?.state?.quarantined[name] === 'held',
      acknowledgedAfterHealing: this.#ledger.acknowledged - this.#acknowledgedAtHealing,
    })
    if (verdict !== null) world.violate(verdict.invariant, verdict.message)
  }
}
