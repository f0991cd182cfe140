/** What a transaction is: who wrote it, and what. Its place in a log is its GTID sequence number: there is one domain. */
export interface Transaction {
  readonly server: number
  /** The client's unique key; 0 for the keeper's own rows. */
  readonly key: number
  /** Of an epoch row; 0 for all others. */
  readonly epoch: number
}

/**
 * Every transaction that was ever written anywhere, by number. Two transactions with one GTID (a server that lost its
 * tail may give the same sequence number again) have two numbers: servers cannot tell them apart, the checks can.
 */
export class Transactions {
  readonly #all: Transaction[] = [nothing]

  add(transaction: Transaction): number {
    this.#all.push(transaction)
    return this.#all.length - 1
  }

  of(number: number): Transaction {
    return this.#all[number] ?? nothing
  }
}

const nothing: Transaction = Object.freeze({ server: 0, key: 0, epoch: 0 })
