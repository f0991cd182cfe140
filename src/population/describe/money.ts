import type { PortraitSection } from '../../model/population-portrait.js'
import { exactly, share, value } from './measures.js'

const fenPerYuan = 100
/** By class, in fen: what an account may hold (People's Bank, 2016). */
const limits = { 2: 200_000 * fenPerYuan, 3: 2000 * fenPerYuan } as const

/** The accounts of the customers in a sample, with what is on them. */
export class Money {
  readonly #byCustomer = new Map<string, { accounts: number; firstClass: number; fen: number }>()
  readonly #classes = [0, 0, 0, 0]
  #overLimit = 0
  #accounts = 0

  add(account: { readonly customer: string; readonly accountClass: number; readonly balance: number }): void {
    const { customer, accountClass, balance } = account
    const known = this.#byCustomer.get(customer) ?? { accounts: 0, firstClass: 0, fen: 0 }
    known.accounts++
    known.fen += balance
    if (accountClass === 1) known.firstClass++
    this.#byCustomer.set(customer, known)
    this.#classes[accountClass] = (this.#classes[accountClass] ?? 0) + 1
    if (balance > (accountClass === 1 ? Number.POSITIVE_INFINITY : limits[accountClass as 2 | 3]))
      this.#overLimit++
    this.#accounts++
  }

  accounts(): PortraitSection {
    const customers = [...this.#byCustomer.values()]
    const with_ = (accounts: number) => customers.filter((each) => each.accounts === accounts).length
    const ofClass = (accountClass: number) => ({
      part: this.#classes[accountClass] as number,
      of: this.#accounts,
    })
    return {
      id: 'accounts',
      title: 'Settlement accounts',
      source:
        'Numbers per customer are our choice, 1.4 on average. Class I for one account of a person, II and III with limits of 200,000 and 2,000 yuan: rules of the People’s Bank on personal accounts, 2016.',
      measures: [
        share('customers with one account', { part: with_(1), of: customers.length }, 68),
        share('with two', { part: with_(2), of: customers.length }, 24),
        share('with three', { part: with_(3), of: customers.length }, 8),
        value('accounts per customer', 'ratio', this.#accounts / Math.max(1, customers.length), {
          target: 1.4,
          tolerance: 0.005 + (4 * 0.63) / Math.sqrt(Math.max(1, customers.length)),
        }),
        share('accounts of class I', ofClass(1), null),
        share('of class II', ofClass(2), null),
        share('of class III', ofClass(3), null),
        exactly('accounts above the limit of their class', this.#overLimit, 0),
        exactly(
          'customers with two accounts of class I',
          customers.filter(({ firstClass }) => firstClass > 1).length,
          0,
        ),
      ],
      plots: [],
    }
  }

  balances(): PortraitSection {
    const sorted = [...this.#byCustomer.values()].map(({ fen }) => fen).sort((left, right) => right - left)
    const total = sorted.reduce((sum, fen) => sum + fen, 0)
    const customers = Math.max(1, sorted.length)
    const rich = Math.round(customers * richShare)
    const richest = sumOf(sorted, rich)
    const percentOf = (count: number) => (100 * sumOf(sorted, count)) / Math.max(1, total)
    // Few are rich: their money decides, and how many of them a sample meets is chance.
    const chance = Math.sqrt(100_000 / customers)
    const points = lorenzPoints.filter((percent) => (percent / 100) * customers >= 1)
    return {
      id: 'balances',
      title: 'Balances',
      source:
        'A published retail bank (China Merchants Bank, end of 2021): 2.12 % of its customers hold 82 % of the money, 0.07 % hold 31.5 %, and the others have 11,400 yuan on average.',
      measures: [
        value('held by the richest 2.12 %', 'percent', percentOf(rich), {
          target: 82,
          tolerance: 4 * chance,
        }),
        value('held by the richest 0.07 %', 'percent', percentOf(Math.round(customers * 0.0007)), {
          target: 31.5,
          tolerance: 14 * chance,
        }),
        value('mean of all the others', 'yuan', (total - richest) / (customers - rich) / fenPerYuan, {
          target: 11_400,
          tolerance: 700 + 700 * chance,
        }),
        value('mean of all', 'yuan', total / customers / fenPerYuan),
        value('median', 'yuan', (sorted[customers >> 1] ?? 0) / fenPerYuan),
        share('with nothing at all', { part: sorted.filter((fen) => fen === 0).length, of: customers }, null),
      ],
      plots: [
        {
          id: 'plot-balances',
          title: 'So many percent of the customers hold so much of the money',
          caption: 'Richest first. The two published points are marked by the target line between them.',
          xLabel: 'percent of the customers, logarithm to base 10 (0 is 1 %, -1 is 0.1 %)',
          yLabel: 'percent of the money',
          unit: ' %',
          xUnit: '',
          scale: 'linear',
          xs: points.map(Math.log10),
          realised: points.map((percent) => percentOf(Math.round((percent / 100) * customers))),
          target: points.map(publishedShare),
        },
      ],
    }
  }
}

const richShare = 0.0212

const lorenzPoints = [0.01, 0.02, 0.05, 0.07, 0.1, 0.2, 0.5, 1, 2.12, 5, 10, 20, 50, 100]

/** A line between the two published points; nothing was published beyond them. */
function publishedShare(percent: number): number | null {
  if (percent < 0.07 || percent > 2.12) return null
  return 31.5 + (82 - 31.5) * (Math.log(percent / 0.07) / Math.log(2.12 / 0.07))
}

function sumOf(sorted: readonly number[], count: number): number {
  let sum = 0
  for (let index = 0; index < Math.min(count, sorted.length); index++) sum += sorted[index] as number
  return sum
}
