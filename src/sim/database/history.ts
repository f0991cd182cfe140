import type { Gtid } from '../world/messages.js'
import type { Transactions } from './transactions.js'

/** A binlog: the transaction at index i has the GTID sequence number i + 1. */
export class History {
  readonly numbers: number[] = []
  readonly #transactions: Transactions

  constructor(transactions: Transactions) {
    this.#transactions = transactions
  }

  get length(): number {
    return this.numbers.length
  }

  /** The transaction at a position that counts from 1; 0 = none. */
  at(position: number): number {
    return this.numbers[position - 1] ?? 0
  }

  serverAt(position: number): number {
    return this.#transactions.of(this.at(position)).server
  }

  append(number: number): void {
    this.numbers.push(number)
  }

  cut(length: number): void {
    if (length < this.numbers.length) this.numbers.length = length
  }

  replaceBy(other: readonly number[]): void {
    this.cut(0)
    for (const number of other) this.append(number)
  }

  gtidAt(position: number): Gtid {
    return { server: this.serverAt(position), position }
  }

  /** Who wrote each of its transactions. */
  servers(): readonly number[] {
    return this.numbers.map((number) => this.#transactions.of(number).server)
  }

  /** Where a GTID stands in the first `length` transactions of it. */
  placeOf({ server, position }: Gtid, length: number): 'inside' | 'after' | 'foreign' {
    if (position > length) return 'after'
    return position === 0 || this.serverAt(position) === server ? 'inside' : 'foreign'
  }
}

/** `0-1-99`; the empty string is the beginning. */
export function gtidOf(text: string): Gtid {
  const [, server = '0', position = '0'] = text.split('-')
  return { position: Number(position), server: Number(server) }
}

/** As MariaDB writes a GTID position; the empty string for nothing. */
export function gtidText({ server, position }: Gtid): string {
  return position === 0 ? '' : `0-${server}-${position}`
}
