/**
 * The stock of a flash sale as tokens: whoever holds one may order. A sale is held in rounds, each with a stock of its own,
 * so that a run of any length is a sale all the time. The seam that a service of the bank can take over.
 */
export interface TokenStock {
  /** A token for the buyer, or why there is none. Atomic: two calls at the same time never get the last token both. */
  claim(round: number, buyer: number): Promise<Claim>
  /** Puts a token back: somebody else may have its unit. Repeating it changes nothing. */
  giveBack(round: number, token: number, buyer: number): Promise<void>
  /** What the stock says of a round, for checks. */
  facts(round: number): Promise<StockFacts>
  /** Forgets all rounds. Never rejects. */
  remove(rounds: readonly number[]): Promise<void>
}

export type Claim =
  | { readonly kind: 'token'; readonly token: number }
  | { readonly kind: 'sold-out' }
  /** The buyer has as many as one may have. */
  | { readonly kind: 'over-limit' }

export interface StockFacts {
  /** Tokens given out, numbered from 1. */
  readonly issued: number
  readonly left: number
  readonly returned: ReadonlySet<number>
}

export interface SaleTerms {
  /** Units of a round. */
  readonly quota: number
  /** Units that one buyer may have in a round. */
  readonly limit: number
}
