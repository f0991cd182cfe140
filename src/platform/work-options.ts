export interface WorkOptions {
  /** How long this work may wait for a node that takes it, all tries together. Default: the data source's. */
  readonly patienceMs?: number | undefined
}

export interface ReadOptions extends WorkOptions {
  /** For `bounded`: what is read may lack at most the changes of this last time. Default 1 s. */
  readonly maxLagMs?: number | undefined
  /** For `read-your-writes`: how long each replica may take to catch up with the session. Default 50 ms. */
  readonly catchUpMs?: number | undefined
}

export interface WriteOptions extends WorkOptions {
  /**
   * Held on the master from before the transaction until after its commit: for rules over rows that do not exist
   * yet, which no row lock can guard. At most 64 characters.
   */
  readonly lockName?: string | undefined
}
