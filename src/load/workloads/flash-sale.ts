import { openRedis, type RedisTarget } from '../../clients/redis.js'
import { hash32, type Random, seededRandom } from '../../kit/random.js'
import type { Workload, WorkloadFactory } from '../engine/workload.js'
import { type DataSourceTarget, openFixedDataSource } from '../fixed-data-source.js'
import { type OrderBook, sqlOrderBook } from '../flash-sale/order-book.js'
import { redisTokenStock } from '../flash-sale/redis-token-stock.js'
import type { SaleTerms, TokenStock } from '../flash-sale/token-stock.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'

/** Plain data: it goes to threads. */
export interface FlashSaleParams extends DataSourceTarget {
  readonly redis: RedisTarget
  /** With its schema. */
  readonly table: string
  readonly sale: string
  readonly terms: SaleTerms
  /** Buyers of a round; each comes once, some twice. */
  readonly buyers: number
  readonly connections: number
  /** Percent of the orders that are paid, and that are given back; the others stay pending. */
  readonly paidPercent: number
  readonly returnedPercent: number
}

export const flashSaleClasses = ['order', 'turned-away', 'over-limit'] as const

/** How often a token is tried to be put back after something failed. */
const giveBackTries = 3

/** Buyers who all want the same product. */
export const flashSaleWorkload: WorkloadFactory = async ({ params }, thread): Promise<Workload> => {
  const wanted = params as FlashSaleParams
  const redis = openRedis(wanted.redis)
  const dataSource = openFixedDataSource(wanted)
  const shop: Shop = {
    params: wanted,
    stock: redisTokenStock(redis, wanted.sale, wanted.terms),
    orders: sqlOrderBook(dataSource, wanted.table, wanted.sale),
  }
  const sessions: BuyerSession[] = []
  return {
    classes: flashSaleClasses,
    async openSession(index) {
      const session = new BuyerSession(
        shop,
        index,
        seededRandom(hash32(`${thread.seed} ${wanted.sale} ${index}`)),
      )
      sessions.push(session)
      return session
    },
    async close() {
      await dataSource.close()
      await redis.close()
      const sum = (of: (session: BuyerSession) => number) => sessions.reduce((all, each) => all + of(each), 0)
      return {
        confirmed: sum(({ told }) => told.confirmed),
        pending: sum(({ told }) => told.pending),
        returned: sum(({ told }) => told.returned),
        turnedAway: sum(({ told }) => told.turnedAway),
        overLimit: sum(({ told }) => told.overLimit),
        rounds: 1 + Math.max(0, ...sessions.map(({ round }) => round)),
      }
    },
  }
}

interface Shop {
  readonly params: FlashSaleParams
  readonly stock: TokenStock
  readonly orders: OrderBook
}

/** A queue of buyers, one after the other. Who got something comes again at once, and wants more. */
class BuyerSession implements LoadSession {
  readonly told = { confirmed: 0, pending: 0, returned: 0, turnedAway: 0, overLimit: 0 }
  round = 0
  #next: number
  #greedy: number | null = null

  constructor(
    private readonly shop: Shop,
    private readonly index: number,
    private readonly random: Random,
  ) {
    this.#next = index
  }

  run(done: (outcome: OperationOutcome, operationClass?: number) => void): void {
    const buyer = this.#greedy ?? this.#nextBuyer()
    this.#greedy = null
    this.#buy(this.round, buyer).then(
      (operationClass) => done(okOutcome, operationClass),
      (error: unknown) => done(outcomeOfError(error), 0),
    )
  }

  async close(): Promise<void> {
    // The clients are the thread's.
  }

  /** Sessions share out the buyers of a round; every tenth position is a buyer with two devices, in two queues. */
  #nextBuyer(): number {
    const { buyers, connections } = this.shop.params
    if (this.#next >= buyers) {
      this.round++
      this.#next = this.index
    }
    const buyer = this.#next
    this.#next += connections
    return Math.floor(buyer / connections) % 10 === 0 ? buyer - (buyer % 2) : buyer
  }

  async #buy(round: number, buyer: number): Promise<number> {
    const { stock, orders } = this.shop
    const claim = await stock.claim(round, buyer)
    if (claim.kind === 'sold-out') {
      this.told.turnedAway++
      return 1
    }
    if (claim.kind === 'over-limit') {
      this.told.overLimit++
      return 2
    }
    const order = { round, token: claim.token, buyer }
    try {
      await orders.place(order)
    } catch (error) {
      // Certainly not ordered: the unit is somebody else's. If nobody knows, the token stays out.
      if (outcomeOfError(error).kind === 'failed') await this.#giveBack(order)
      throw error
    }
    this.#greedy = buyer
    await this.#pay(order)
    return 0
  }

  async #pay(order: {
    readonly round: number
    readonly token: number
    readonly buyer: number
  }): Promise<void> {
    const { paidPercent, returnedPercent } = this.shop.params
    const draw = this.random.below(100)
    if (draw < paidPercent) {
      await this.shop.orders.settle(order, 'confirmed')
      this.told.confirmed++
    } else if (draw < paidPercent + returnedPercent) {
      await this.shop.orders.settle(order, 'returned')
      await this.#giveBack(order)
      this.told.returned++
    } else this.told.pending++
  }

  async #giveBack({ round, token, buyer }: { round: number; token: number; buyer: number }): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.shop.stock.giveBack(round, token, buyer)
        return
      } catch (error) {
        if (tries === giveBackTries) throw error
      }
    }
  }
}
