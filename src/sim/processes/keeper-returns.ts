import type { NodeName } from '../../model/node.js'
import { decideRestart } from '../../protocol/restart-policy.js'
import type { Facts } from '../checks/facts.js'
import type { KeeperTools } from './keeper-tools.js'
import { type ReturnFact, readmit, reclone, rejoin, type TellFact } from './node-return.js'
import { sleep, Trouble, type Work } from './tasks.js'

/** So often one that was given up is looked at again: its crashes may be long ago by then. */
const givenUpPauseMs = 5000

export type BringBack = (tools: KeeperTools, name: NodeName, tell: TellFact) => Work<void>

export interface KeeperReturnsPorts {
  readonly tools: KeeperTools
  readonly facts: Facts
  /** How a quarantined node is brought back. */
  readonly rejoin: BringBack
  readonly feed: (
    fact: ReturnFact | { readonly kind: 'given-up' | 'taken-up'; readonly node: NodeName },
  ) => void
}

/** Brings processes and nodes back: one attempt per name at a time, with growing pauses, and not for ever. */
export class KeeperReturns {
  readonly #ports: KeeperReturnsPorts
  readonly #attempts = new Map<string, readonly number[]>()
  readonly #underWay = new Set<string>()
  readonly #givenUp = new Set<NodeName>()

  constructor(ports: KeeperReturnsPorts) {
    this.#ports = ports
  }

  bringBack(name: NodeName): void {
    this.#begin(name, readmit)
  }

  rejoin(name: NodeName): void {
    this.#begin(name, this.#ports.rejoin)
  }

  /** A person's wish. */
  reclone(name: NodeName): void {
    if (this.#underWay.has(name)) return
    this.#underWay.add(name)
    const { tools } = this.#ports
    tools.aside(
      this.#once(name, () =>
        tried(
          tools,
          reclone(tools, name, (fact) => this.#tell(fact)),
        ),
      ),
    )
  }

  restartQlink(): void {
    const { tools } = this.#ports
    const asked = { atMs: tools.nowMs(), indispensable: true }
    const decision = decideRestart(this.#attempts.get('qlink') ?? [], asked)
    this.#attempts.set('qlink', decision.attemptsAtMs)
    tools.aside(startLater(tools, decision.delayMs))
  }

  /** What was given up may be tried again. */
  forgive(): void {
    this.#attempts.clear()
    for (const name of this.#givenUp) this.#takeUp(name)
  }

  isUnderWay(name: NodeName): boolean {
    return this.#underWay.has(name)
  }

  reset(): void {
    this.#attempts.clear()
    this.#underWay.clear()
    this.#givenUp.clear()
  }

  #begin(name: NodeName, work: BringBack): void {
    if (this.#underWay.has(name)) return
    this.#underWay.add(name)
    this.#ports.tools.aside(this.#once(name, () => this.#withRestarts(name, work)))
  }

  *#once(name: NodeName, work: () => Work<void>): Work<void> {
    try {
      yield* work()
    } finally {
      this.#underWay.delete(name)
    }
  }

  *#withRestarts(name: NodeName, work: BringBack): Work<void> {
    const { tools } = this.#ports
    for (;;) {
      const asked = { atMs: tools.nowMs(), indispensable: false }
      const decision = decideRestart(this.#attempts.get(name) ?? [], asked)
      this.#attempts.set(name, decision.attemptsAtMs)
      if (!decision.restart) {
        this.#giveUp(name)
        yield* sleep(givenUpPauseMs)
        continue
      }
      this.#takeUp(name)
      yield* sleep(decision.delayMs)
      if (
        yield* attempted(
          tools,
          work(tools, name, (fact) => this.#tell(fact)),
        )
      )
        return
    }
  }

  #giveUp(name: NodeName): void {
    if (this.#givenUp.has(name)) return
    this.#givenUp.add(name)
    const { tools, feed, facts } = this.#ports
    tools.tell(`gives ${name} up`)
    facts.sometimes('replica given up')
    feed({ kind: 'given-up', node: name })
  }

  #takeUp(name: NodeName): void {
    if (this.#givenUp.delete(name)) this.#ports.feed({ kind: 'taken-up', node: name })
  }

  #tell(fact: ReturnFact): void {
    if (fact.kind === 'diverged') this.#ports.facts.sometimes('node diverged and held')
    this.#ports.feed(fact)
  }
}

function* startLater(tools: KeeperTools, delayMs: number): Work<void> {
  yield* sleep(1 + delayMs)
  tools.supervisor.start(tools.qlink, { truncating: false })
}

/** Whether the work came to its end. */
function* attempted(tools: KeeperTools, work: Work<void>): Work<boolean> {
  try {
    yield* work
    return true
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    tools.tell(error.message)
    return false
  }
}

function* tried(tools: KeeperTools, work: Work<void>): Work<void> {
  yield* attempted(tools, work)
}

/** How a quarantined node is brought back when nothing is planted. */
export const rejoinAsDesigned: BringBack = rejoin
