import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import { sentence } from '../acks/compare-acks.js'
import type { OrderRow } from './order-book.js'
import type { SaleTerms, StockFacts } from './token-stock.js'

/** What a run left behind, and what its buyers were told. */
export interface SaleFacts {
  readonly terms: SaleTerms
  readonly rounds: readonly { readonly round: number; readonly stock: StockFacts }[]
  readonly orders: readonly OrderRow[]
  /** Buyers who were told that their order is confirmed, pending or returned. */
  readonly told: { readonly confirmed: number; readonly pending: number; readonly returned: number }
  readonly turnedAway: number
  readonly overLimit: number
  /** Operations of which nobody knows how they ended: so many tokens and orders may be one step behind. */
  readonly uncertain: number
}

/**
 * A sale is fair and exact: never more sold than there is, nobody above the limit, every token is confirmed, pending or
 * returned in stock and order book alike, and nobody was told something that is not in the book. A sale in which nobody
 * was turned away, or nobody bought, proves nothing.
 */
export function checkSale(facts: SaleFacts): readonly BenchCheck[] {
  return [checkQuota(facts), checkLimit(facts), checkTokens(facts), checkTold(facts)]
}

function checkQuota({ terms, rounds, orders, turnedAway }: SaleFacts): BenchCheck {
  const name = 'sold at most what there is'
  const sold = countBy(orders.filter(isHeld), ({ round }) => `${round}`)
  const over = [...sold].filter(([, count]) => count > terms.quota)
  const issuedOver = rounds.filter(({ stock }) => stock.issued - stock.returned.size > terms.quota)
  const wrongLeft = rounds.filter(
    ({ stock }) => stock.left !== terms.quota - stock.issued + stock.returned.size,
  )
  const violations = [
    ...sentence(
      `rounds sold more than ${formatCount(terms.quota)} units`,
      over.map(([round, count]) => `round ${round}: ${count}`),
    ),
    ...sentence(
      `rounds gave out more than ${formatCount(terms.quota)} tokens`,
      issuedOver.map(({ round }) => `round ${round}`),
    ),
    ...sentence(
      'rounds have a stock that is not quota - given out + returned',
      wrongLeft.map(({ round }) => `round ${round}`),
    ),
  ]
  if (violations.length > 0) return { name, valid: false, summary: violations.join('; ') }
  if (turnedAway === 0)
    return { name, valid: false, summary: 'nobody was turned away, so too much could not have been sold' }
  const units = [...sold.values()].reduce((sum, count) => sum + count, 0)
  return {
    name,
    valid: true,
    summary: `${formatCount(units)} units in ${formatCount(rounds.length)} rounds of ${formatCount(terms.quota)}; ${formatCount(turnedAway)} buyers were turned away`,
  }
}

function checkLimit({ terms, orders, overLimit }: SaleFacts): BenchCheck {
  const name = 'nobody above the limit'
  const held = countBy(orders.filter(isHeld), ({ round, buyer }) => `round ${round} buyer ${buyer}`)
  const above = [...held].filter(([, count]) => count > terms.limit).map(([who]) => who)
  const violations = sentence(`buyers hold more than ${terms.limit} in a round`, above)
  if (violations.length > 0) return { name, valid: false, summary: violations.join('; ') }
  if (overLimit === 0)
    return {
      name,
      valid: false,
      summary: 'nobody tried to buy more than allowed, so the limit was not tried',
    }
  return {
    name,
    valid: true,
    summary: `${formatCount(held.size)} purchases, at most ${terms.limit} each; ${formatCount(overLimit)} tries beyond it were refused`,
  }
}

function checkTokens({ rounds, orders, uncertain }: SaleFacts): BenchCheck {
  const name = 'tokens = confirmed + pending + returned'
  const byRound = new Map<number, OrderRow[]>()
  for (const order of orders) {
    const known = byRound.get(order.round) ?? []
    known.push(order)
    byRound.set(order.round, known)
  }
  const totals = { issued: 0, confirmed: 0, pending: 0, returned: 0 }
  const violations: string[] = []
  for (const { round, stock } of rounds) {
    const rows = byRound.get(round) ?? []
    byRound.delete(round)
    violations.push(...tokensAstray(round, stock, rows))
    totals.issued += stock.issued
    totals.confirmed += rows.filter(({ status }) => status === 'C').length
    totals.pending += rows.filter(({ status, token }) => status === 'P' && !stock.returned.has(token)).length
    totals.returned += stock.returned.size
  }
  violations.push(...[...byRound.keys()].map((round) => `round ${round} has orders and no tokens`))
  const sum = `${formatCount(totals.issued)} = ${formatCount(totals.confirmed)} + ${formatCount(totals.pending)} + ${formatCount(totals.returned)}`
  if (violations.length > uncertain)
    return { name, valid: false, summary: sentence('tokens went astray', violations).join('; ') }
  const rest = violations.length === 0 ? '' : `; ${violations.length} belong to operations of unknown outcome`
  return { name, valid: totals.confirmed > 0, summary: `${sum}${rest}` }
}

/** In words, each token of a round that stock and order book do not agree about. */
function tokensAstray(round: number, stock: StockFacts, rows: readonly OrderRow[]): string[] {
  const statusOf = new Map(rows.map(({ token, status }) => [token, status]))
  const astray: string[] = []
  for (let token = 1; token <= stock.issued; token++) {
    const status = statusOf.get(token)
    statusOf.delete(token)
    const returned = stock.returned.has(token)
    if (status === undefined && !returned) astray.push(`${round}/${token} has no order and was not returned`)
    if (status === 'R' && !returned) astray.push(`${round}/${token} was returned, and not to the stock`)
    if ((status === 'C' || status === 'P') && returned) astray.push(`${round}/${token} is sold and in stock`)
  }
  for (const token of statusOf.keys()) astray.push(`${round}/${token} was never given out`)
  return astray
}

function checkTold({ orders, told, uncertain }: SaleFacts): BenchCheck {
  const name = 'no acknowledgement lost'
  const found = countBy(orders, ({ status }) => status)
  const rows = [
    { what: 'confirmed', told: told.confirmed, found: found.get('C') ?? 0 },
    { what: 'pending', told: told.pending, found: found.get('P') ?? 0 },
    { what: 'returned', told: told.returned, found: found.get('R') ?? 0 },
  ]
  const wrong = rows.filter((row) => Math.abs(row.found - row.told) > uncertain)
  if (wrong.length > 0)
    return {
      name,
      valid: false,
      summary: wrong
        .map((row) => `buyers were told of ${row.told} ${row.what} orders, the book has ${row.found}`)
        .join('; '),
    }
  return {
    name,
    valid: told.confirmed > 0,
    summary: `the book has the ${rows.map((row) => `${formatCount(row.told)} ${row.what}`).join(', ')} orders that buyers were told of`,
  }
}

function isHeld({ status }: OrderRow): boolean {
  return status !== 'R'
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
