/**
 * One line of `history.jsonl`: what a client invoked and what it saw, with Jepsen's field names
 * (https://github.com/jepsen-io/jepsen, history format). `info` = the outcome is unknown; `fail` = certainly
 * not applied. Times are nanoseconds on one monotonic clock, as decimal strings (they exceed 2^53).
 */
export interface HistoryEvent {
  readonly index: number
  readonly process: number | 'nemesis'
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  readonly f: string
  readonly value: unknown
  readonly time: string
  readonly error?: string
}
