import type { LogEnd, QlinkCounters, QlinkLink, QlinkStatus } from '../../model/qlink.js'
import type { QlinkState } from '../../protocol/qlink/state.js'

export interface StatusFacts {
  readonly link: Omit<QlinkLink, 'state'>
  readonly applied: string | null
  readonly loopDelayMs: number
  /** Of the life of the process, beside what came in. */
  readonly counts: Pick<QlinkCounters, 'syncs' | 'acks' | 'throttles' | 'links'>
  /** The end of the log when the process began. */
  readonly startedAt: LogEnd
}

export function statusView(state: QlinkState, facts: StatusFacts): QlinkStatus {
  const { term, epoch, phase, leader, received, durable, acknowledged, throttled, diskError } = state
  return {
    schema: 'corelab/qlink-status@1',
    pid: process.pid,
    term,
    epoch,
    phase,
    leader,
    link: { state: linkStateOf(state), ...facts.link },
    received,
    durable,
    acknowledged,
    shadow: state.shadow && {
      address: state.shadow.address,
      applied: facts.applied,
      backlogTransactions: state.shadow.backlogTransactions ?? 0,
    },
    throttled,
    diskError,
    loopDelayMs: facts.loopDelayMs,
    counters: countersOf(received, facts),
  }
}

function linkStateOf({ link }: QlinkState): QlinkLink['state'] {
  return link.state === 'closing' ? 'down' : link.state
}

function countersOf(received: LogEnd, { counts, startedAt }: StatusFacts): QlinkCounters {
  const { user, system } = process.cpuUsage()
  const transactions = received.transactions - startedAt.transactions
  const bytes = received.bytes - startedAt.bytes
  return {
    transactions,
    bytes,
    ...counts,
    cpuMicros: user + system,
    residentBytes: process.memoryUsage.rss(),
  }
}
