import type { Random } from '../../kit/random.js'
import type { EpochRecord, LogEnd, NodeAddress, QlinkPhase } from '../../model/qlink.js'
import { gtidText, History } from '../database/history.js'
import type { Transactions } from '../database/transactions.js'
import type { Ending } from '../world/process.js'

const bytesPerTransaction = 100

/** What qlink has on its disk, and what of it would survive. */
export class QlinkDisk {
  readonly log: History
  /** So many transactions of the log are synced. */
  synced = 0
  readonly journal: EpochRecord[] = []
  /** On its way to the journal. */
  writing: EpochRecord | null = null
  /** Faults. `full` leaves the spare room of the journal. */
  failing: 'full' | 'fsync' | null = null
  stalled = false
  slowness = 1

  constructor(transactions: Transactions) {
    this.log = new History(transactions)
  }

  end(position = this.log.length): LogEnd {
    return {
      gtid: gtidText(this.log.gtidAt(position)),
      transactions: position,
      bytes: position * bytesPerTransaction,
    }
  }

  /** How many transactions of a history are in the log, found by halving as if it could part only once. */
  commonWith(servers: readonly number[]): number {
    let [low, high] = [0, servers.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const gtid = { server: servers[middle] ?? 0, position: middle + 1 }
      if (this.log.placeOf(gtid, this.synced) === 'inside') low = middle + 1
      else high = middle
    }
    return low
  }

  /** What of the log was not synced is gone. */
  dropUnsynced(): void {
    this.log.cut(this.synced)
  }

  /** The process ended: what the kernel had is lost with the power only. Returns how many transactions were lost. */
  survive(how: Ending, random: Random): number {
    // A record that was being written is there or not; nobody was told either way.
    if (this.writing !== null && random.below(2) === 0) this.journal.push(this.writing)
    this.writing = null
    if (how === 'kill') return 0
    const unsynced = this.log.length - this.synced
    const kept = random.below(unsynced + 1)
    this.log.cut(this.synced + kept)
    return unsynced - kept
  }

  recovered(): { term: number; epoch: number; phase: QlinkPhase; leader: NodeAddress | null; end: LogEnd } {
    let [term, epoch]: [number, number] = [0, 0]
    let phase: QlinkPhase = 'idle'
    let leader: NodeAddress | null = null
    for (const record of this.journal) {
      term = Math.max(term, record.term)
      if (record.kind === 'open') [epoch, phase, leader] = [record.epoch, 'open', record.leader]
      if (record.kind === 'sealed') phase = 'sealed'
    }
    this.synced = this.log.length
    return { term, epoch, phase, leader, end: this.end() }
  }
}
