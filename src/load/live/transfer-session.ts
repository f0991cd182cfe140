import type { TransferValue } from '../../history/recorded-transfers.js'
import type { HistoryRecorder } from '../../history/recorder.js'
import type { Clock } from '../../kit/clock.js'
import { minor } from '../../kit/money.js'
import type { DataSource } from '../../platform/data-source.js'
import type { Sequence } from '../../platform/sequence.js'
import { type TransferRequest, transfer } from '../../subsystems/pay/transfer.js'
import type { AccountSampler } from '../account-sampler.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'

export interface TransferWorkload {
  readonly dataSource: DataSource
  readonly recorder: HistoryRecorder
  readonly sampler: AccountSampler
  readonly sequence: Sequence
  readonly clock: Clock
  /** Gives the next idempotency key of the run. */
  readonly nextKey: () => string
  /** Sends an order whose outcome is unknown again, with its key, as a customer would. Default: gives it up. */
  readonly retriesUnknown?: boolean | undefined
  /** How seldom an acknowledged order is sent again. */
  readonly repeatOneIn?: number | undefined
  /** Waited for before each transfer. Default: nothing. */
  readonly think?: (() => Promise<void>) | undefined
}

type Order = Pick<TransferRequest, 'le' | 'idempotencyKey' | 'payerAccount' | 'payeeAccount' | 'amount'>

/** Payers were loaded with this much, in minor units, so that small amounts seldom exhaust them. */
const openingBalanceMin = 10_000
const amountMax = 500

/** By default one call in so many sends an acknowledged order again, as an impatient customer does: nothing more may move. */
const defaultRepeatOneIn = 100

/** An order that is unknown for so many times in a row is given up: its key is asked for at the end. */
const retriesMax = 5

/** Orders that may be sent again are kept from the whole run, so that some repeats cross a failover. */
const rememberedMax = 64

/** One client that transfers small amounts between random accounts of one legal entity, and records what it sees. */
export class TransferSession implements LoadSession {
  #process: number
  #remembered: Order[] = []
  #unresolved: { readonly order: Order; readonly tries: number } | null = null

  constructor(private readonly workload: TransferWorkload) {
    this.#process = workload.recorder.newProcess()
  }

  run(done: (outcome: OperationOutcome) => void): void {
    void this.#transfer().then(done)
  }

  /** A transfer that was given up on has an invocation without an end, which means unknown. */
  async close(): Promise<void> {
    this.#remembered = []
  }

  async #transfer(): Promise<OperationOutcome> {
    const { recorder, dataSource, sequence, clock, think } = this.workload
    await think?.()
    const order = this.#unresolved?.order ?? this.#nextOrder()
    if (order === null) return { kind: 'failed', errorClass: 'POPULATION_TOO_SMALL' }
    const value = transferValue(order)
    recorder.invoke(this.#process, 'transfer', value)
    try {
      const request = { ...order, gsn: sequence.next(), atMs: clock.wallMs() }
      const { replayed } = await transfer(dataSource, request)
      recorder.complete(this.#process, { type: 'ok', f: 'transfer', value: { ...value, replayed } })
      this.#unresolved = null
      this.#remember(order)
      return okOutcome
    } catch (error) {
      const outcome = outcomeOfError(error)
      this.#process = recorder.complete(this.#process, {
        type: outcome.kind === 'failed' ? 'fail' : 'info',
        f: 'transfer',
        value,
        error: outcome.errorClass,
      })
      this.#noteUnresolved(order, outcome.kind)
      return outcome
    }
  }

  /** A refusal of a call sent again says nothing of the first call, so it stays unresolved. */
  #noteUnresolved(order: Order, kind: 'failed' | 'unknown'): void {
    if (!this.workload.retriesUnknown) return
    const tries = (this.#unresolved?.tries ?? 0) + 1
    if (kind === 'failed' && this.#unresolved === null) return
    this.#unresolved = tries > retriesMax ? null : { order, tries }
  }

  #nextOrder(): Order | null {
    const { sampler, nextKey, repeatOneIn = defaultRepeatOneIn } = this.workload
    const again = this.#remembered[sampler.below(Math.max(1, this.#remembered.length))]
    if (again && sampler.below(repeatOneIn) === 0) return again
    const pair = sampler.pair({ balanceMin: openingBalanceMin })
    if (pair === null) return null
    return {
      le: pair.le,
      idempotencyKey: nextKey(),
      payerAccount: pair.payer,
      payeeAccount: pair.payee,
      amount: minor(BigInt(1 + sampler.below(amountMax))),
    }
  }

  #remember(order: Order): void {
    if (this.#remembered.length < rememberedMax) this.#remembered.push(order)
    else this.#remembered[this.workload.sampler.below(rememberedMax)] = order
  }
}

function transferValue(order: Order): TransferValue {
  return {
    key: order.idempotencyKey,
    le: order.le,
    payer: order.payerAccount,
    payee: order.payeeAccount,
    amount: order.amount.toString(),
  }
}
