import { systemClock } from '../../kit/clock.js'
import { minor } from '../../kit/money.js'
import { hash32, seededRandom } from '../../kit/random.js'
import type { DataSource } from '../../platform/data-source.js'
import { openSequence, type Sequence } from '../../platform/sequence.js'
import type { PopulationSpec } from '../../population/population.js'
import { type TransferRequest, transfer } from '../../subsystems/pay/transfer.js'
import { AccountSampler, type SampledPopulation, sampledPopulation } from '../account-sampler.js'
import { SessionBook } from '../acks/ack-book.js'
import { writeAcks } from '../acks/ack-files.js'
import { operationKey } from '../acks/compare-acks.js'
import type { BankTarget } from '../bank/bank-target.js'
import { openSubsystemData } from '../bank/direct-bank.js'
import type { Workload, WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'

/** Plain data: it goes to threads. */
export interface TransferParams {
  readonly target: BankTarget
  readonly population: PopulationSpec
  readonly keyPrefix: string
  readonly ackDir: string
  /** How seldom a client sends an order again that was acknowledged. */
  readonly repeatOneIn: number
}

/** What a thread writes beside the acknowledgements: keys that were sent again and had moved money once more. */
export interface TransferAcks {
  readonly sessions: readonly ReturnType<SessionBook['data']>[]
  readonly repeats: number
  readonly movedTwice: readonly string[]
}

const payerHasAtLeast = 10_000
const amountMax = 500
const rememberedMax = 64

type Order = Pick<TransferRequest, 'le' | 'idempotencyKey' | 'payerAccount' | 'payeeAccount' | 'amount'>

/** Transfers between random accounts of one legal entity, straight on the router with the rights of the payment centre. */
export const transferWorkload: WorkloadFactory = async ({ params }, thread): Promise<Workload> => {
  const wanted = params as TransferParams
  const seed = hash32(`${thread.seed} ${wanted.keyPrefix} ${thread.index}`)
  const shared: Shared = {
    params: wanted,
    payments: openSubsystemData(wanted.target, 'PAY'),
    sequence: openSequence({ clock: systemClock, rng: seededRandom(seed) }),
    population: sampledPopulation(wanted.population),
    seed,
  }
  const sessions: TransferLoadSession[] = []
  return {
    classes: ['transfer', 'repeat'],
    async openSession(index) {
      const session = new TransferLoadSession(shared, index)
      sessions.push(session)
      return session
    },
    async close() {
      await shared.payments.close()
      const repeats = sessions.reduce((sum, session) => sum + session.repeats, 0)
      const movedTwice = sessions.flatMap((session) => session.movedTwice)
      const acks: TransferAcks = { sessions: sessions.map(({ book }) => book.data()), repeats, movedTwice }
      await writeAcks(wanted.ackDir, thread.index, acks)
      return { keysSentAgain: repeats, movedTwice: movedTwice.length }
    },
  }
}

interface Shared {
  readonly params: TransferParams
  readonly payments: DataSource
  readonly sequence: Sequence
  readonly population: SampledPopulation
  readonly seed: number
}

class TransferLoadSession implements LoadSession {
  readonly book: SessionBook
  repeats = 0
  readonly movedTwice: string[] = []
  readonly #sampler: AccountSampler
  readonly #remembered: Order[] = []

  constructor(
    private readonly shared: Shared,
    private readonly index: number,
  ) {
    this.book = new SessionBook(index)
    this.#sampler = new AccountSampler(shared.population, hash32(`${shared.seed} ${index}`))
  }

  run(done: (outcome: OperationOutcome, operationClass?: number) => void): void {
    const again = this.#orderSentAgain()
    if (again) void this.#repeat(again).then((outcome) => done(outcome, 1))
    else void this.#transfer().then((outcome) => done(outcome, 0))
  }

  async close(): Promise<void> {
    // The data source is the thread's.
  }

  async #transfer(): Promise<OperationOutcome> {
    const pair = this.#sampler.pair({ balanceMin: payerHasAtLeast })
    if (pair === null) return populationTooSmall
    const order: Order = {
      le: pair.le,
      idempotencyKey: operationKey(this.shared.params.keyPrefix, this.index, this.book.begin()),
      payerAccount: pair.payer,
      payeeAccount: pair.payee,
      amount: minor(BigInt(1 + this.#sampler.below(amountMax))),
    }
    try {
      await this.#send(order)
      this.book.end('ok')
      this.#remember(order)
      return okOutcome
    } catch (error) {
      const outcome = outcomeOfError(error)
      this.book.end(outcome.kind)
      return outcome
    }
  }

  /** The money has moved: whatever becomes of the repeat, it must not move again. */
  async #repeat(order: Order): Promise<OperationOutcome> {
    try {
      const { replayed } = await this.#send(order)
      this.repeats++
      if (replayed) return okOutcome
      this.movedTwice.push(order.idempotencyKey)
      return movedTwice
    } catch (error) {
      return outcomeOfError(error)
    }
  }

  #send(order: Order) {
    const { payments, sequence } = this.shared
    return transfer(payments, { ...order, gsn: sequence.next(), atMs: systemClock.wallMs() })
  }

  #orderSentAgain(): Order | null {
    const { length } = this.#remembered
    if (length === 0 || this.#sampler.below(this.shared.params.repeatOneIn) > 0) return null
    return this.#remembered[this.#sampler.below(length)] ?? null
  }

  #remember(order: Order): void {
    if (this.#remembered.length < rememberedMax) this.#remembered.push(order)
    else this.#remembered[this.#sampler.below(rememberedMax)] = order
  }
}

const populationTooSmall: OperationOutcome = Object.freeze({
  kind: 'failed',
  errorClass: 'POPULATION_TOO_SMALL',
})
const movedTwice: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: 'MOVED_TWICE' })
