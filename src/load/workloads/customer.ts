import { hash32 } from '../../kit/random.js'
import { BusinessRefusal, type RefusalCode } from '../../platform/business-refusal.js'
import type { PopulationSpec } from '../../population/population.js'
import { SessionBook } from '../acks/ack-book.js'
import { writeAcks } from '../acks/ack-files.js'
import { operationKey } from '../acks/compare-acks.js'
import type { Bank, BankDoor } from '../bank/bank-door.js'
import type { BankTarget } from '../bank/bank-target.js'
import { openDirectBank } from '../bank/direct-bank.js'
import { openHttpBank } from '../bank/http-bank.js'
import {
  CustomerSampler,
  type CustomerSource,
  customerSource,
  type SampledCustomer,
} from '../customer-sampler.js'
import type { Workload, WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'

/** Plain data: it goes to threads. */
export interface CustomerParams {
  readonly via: 'http' | 'direct'
  readonly target: BankTarget
  readonly population: PopulationSpec
  readonly keyPrefix: string
  readonly ackDir: string
  /** How often each transaction comes, in the order of {@link customerTransactions}. */
  readonly weights: readonly number[]
}

/** The business transactions of the customer system. */
export const customerTransactions = [
  'find-by-mobile',
  'find-by-id',
  'view-360',
  'change-contact',
  'open',
  'add-account',
] as const
/** Those that change something. */
export const customerChanges = ['change-contact', 'open', 'add-account'] as const
type CustomerTransaction = (typeof customerTransactions)[number]

const cif = 'cn.corelab.cif.PersonService'
const accounts = 'cn.corelab.act.SettlementAccountService'
const entries = 'cn.corelab.act.AccountEntryService'

/** Last entries that a 360 view shows. */
const entriesShown = 10
const drawsMax = 5

export const customerWorkload: WorkloadFactory = async ({ params }, thread): Promise<Workload> => {
  const wanted = params as CustomerParams
  const seed = hash32(`${thread.seed} ${wanted.keyPrefix} ${thread.index}`)
  const bank = wanted.via === 'http' ? openHttpBank(wanted.target) : openDirectBank(wanted.target, seed)
  return new CustomerLoad(wanted, bank, { index: thread.index, seed })
}

class CustomerLoad implements Workload {
  readonly classes = customerTransactions
  readonly #source: CustomerSource
  readonly #sessions: CustomerSession[] = []

  constructor(
    private readonly params: CustomerParams,
    private readonly bank: Bank,
    private readonly thread: { readonly index: number; readonly seed: number },
  ) {
    this.#source = customerSource(params.population)
  }

  async openSession(index: number): Promise<LoadSession> {
    const sampler = new CustomerSampler(this.#source, hash32(`${this.thread.seed} ${index}`))
    const session = new CustomerSession(this.bank.openDoor(), sampler, this.params, index)
    this.#sessions.push(session)
    return session
  }

  async close(): Promise<Readonly<Record<string, number>>> {
    await this.bank.close()
    await writeAcks(this.params.ackDir, this.thread.index, {
      sessions: this.#sessions.map(({ book }) => book.data()),
    })
    return { answersVerified: this.#sessions.reduce((sum, { verified }) => sum + verified, 0) }
  }
}

/** One clerk: the next transaction begins when the one before was answered. */
class CustomerSession implements LoadSession {
  /** Numbers the writes only; reads leave no trace. */
  readonly book: SessionBook
  verified = 0
  readonly #cumulative: readonly number[]

  constructor(
    private readonly door: BankDoor,
    private readonly sampler: CustomerSampler,
    private readonly params: CustomerParams,
    private readonly index: number,
  ) {
    this.book = new SessionBook(index)
    let sum = 0
    this.#cumulative = params.weights.map((weight) => (sum += weight))
  }

  run(done: (outcome: OperationOutcome, operationClass?: number) => void): void {
    const operationClass = this.#draw()
    this.#transact(customerTransactions[operationClass] as CustomerTransaction).then(
      (outcome) => done(outcome, operationClass),
      (error: unknown) => done(outcomeOfError(error), operationClass),
    )
  }

  close(): Promise<void> {
    return this.door.close()
  }

  #draw(): number {
    const sum = this.#cumulative.at(-1) ?? 1
    const draw = this.sampler.random.below(sum)
    return this.#cumulative.findIndex((limit) => draw < limit)
  }

  #transact(transaction: CustomerTransaction): Promise<OperationOutcome> {
    switch (transaction) {
      case 'find-by-mobile':
        return this.#findByMobile()
      case 'find-by-id':
        return this.#findById()
      case 'view-360':
        return this.#view360()
      case 'change-contact':
        return this.#write((key) => this.#changeContact(key))
      case 'open':
        return this.#write((key) => this.#open(key))
      case 'add-account':
        return this.#write((key) => this.#addAccount(key))
    }
  }

  async #findByMobile(): Promise<OperationOutcome> {
    const { le, customerId, mobile } = this.sampler.customer()
    const data = await this.#read(cif, 'list', le, { mobile })
    const { customers } = data as { customers: readonly { customerId: string }[] }
    return this.#verify(customers.some((each) => each.customerId === `${customerId}`))
  }

  async #findById(): Promise<OperationOutcome> {
    const customer = this.sampler.customer()
    return this.#verify(isOf(customer, await this.#customer(customer)))
  }

  async #view360(): Promise<OperationOutcome> {
    const customer = this.sampler.customer()
    const { le, customerId, firstAccount } = customer
    const person = await this.#customer(customer)
    const held = (await this.#read(accounts, 'list', le, { customerId: `${customerId}` })) as {
      accounts: readonly { accountNo: string }[]
    }
    const first = held.accounts[0]?.accountNo
    const query = { accountNo: `${firstAccount}`, limit: entriesShown }
    const last = (await this.#read(entries, 'list', le, query)) as { accountNo: string }
    return this.#verify(isOf(customer, person) && first === `${firstAccount}` && last.accountNo === first)
  }

  async #changeContact(key: string): Promise<OperationOutcome> {
    const { le, customerId } = this.sampler.customer()
    const address = this.sampler.newAddress()
    const after = await this.door.call({
      ...{ interfaceName: cif, method: 'update', le, idempotencyKey: key },
      argument: { customerId: `${customerId}`, address },
    })
    return this.#verify((after as { address: string }).address === address)
  }

  #open(key: string): Promise<OperationOutcome> {
    return this.#unlessRefused('IDENTITY_TAKEN', async () => {
      const { le, ...argument } = this.sampler.newPerson()
      const request = { interfaceName: cif, method: 'create', le, idempotencyKey: key, argument }
      const opened = (await this.door.call(request)) as { identityNo: string }
      return this.#verify(opened.identityNo === argument.identityNo)
    })
  }

  #addAccount(key: string): Promise<OperationOutcome> {
    return this.#unlessRefused('ACCOUNTS_FULL', async () => {
      const { le, customerId } = this.sampler.customer()
      const added = await this.door.call({
        ...{ interfaceName: accounts, method: 'open', le, idempotencyKey: key },
        argument: { customerId: `${customerId}`, accountClass: 2 + this.sampler.random.below(2) },
      })
      return this.#verify((added as { customerId: string }).customerId === `${customerId}`)
    })
  }

  /** What was drawn may have been used up by earlier runs; a refusal is not kept, so the key is still free. */
  async #unlessRefused(
    refusal: RefusalCode,
    work: () => Promise<OperationOutcome>,
  ): Promise<OperationOutcome> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        const again = error instanceof BusinessRefusal && error.retCode === refusal && tries < drawsMax
        if (!again) throw error
      }
    }
  }

  async #write(work: (key: string) => Promise<OperationOutcome>): Promise<OperationOutcome> {
    const key = operationKey(this.params.keyPrefix, this.index, this.book.begin())
    try {
      const outcome = await work(key)
      // An answer that is not what was asked for is still an answer: the bank has done something under this key.
      this.book.end('ok')
      return outcome
    } catch (error) {
      this.book.end(outcomeOfError(error).kind)
      throw error
    }
  }

  #customer({ le, customerId }: SampledCustomer): Promise<unknown> {
    return this.#read(cif, 'get', le, { customerId: `${customerId}` })
  }

  #read(interfaceName: string, method: string, le: SampledCustomer['le'], argument: Record<string, unknown>) {
    return this.door.call({ interfaceName, method, le, argument, idempotencyKey: null })
  }

  #verify(right: boolean): OperationOutcome {
    if (!right) return wrongAnswer
    this.verified++
    return okOutcome
  }
}

/** An answer came, and is not what was asked for. */
export const wrongAnswerClass = 'WRONG_ANSWER'
const wrongAnswer: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: wrongAnswerClass })

function isOf({ customerId, mobile }: SampledCustomer, person: unknown): boolean {
  const found = person as { readonly customerId: string; readonly mobile: string }
  return found.customerId === `${customerId}` && found.mobile === mobile
}
