import type { Random } from '../../kit/random.js'
import type { EpochRecord } from '../../model/qlink.js'
import type { QlinkEvent } from '../../protocol/qlink/state.js'
import type { Facts } from '../checks/facts.js'
import type { Process } from '../world/process.js'
import type { World } from '../world/world.js'
import { nodeIndexOf } from './addresses.js'
import type { QlinkDisk } from './qlink-disk.js'

export interface QlinkDiskWorkPorts {
  readonly world: World
  readonly process: () => Process
  readonly facts: Facts
  readonly disk: QlinkDisk
  readonly random: Random
  /** One sync, about. */
  readonly syncUs: number
  readonly feed: (event: QlinkEvent) => void
  /** The log was cut: what a link still delivers is not to be stored. */
  readonly onCut: () => void
}

const syncedCode = 1
const journaledCode = 2
const repairedCode = 3

/** A disk that stands still is looked at again after this. */
const stalledUs = 20_000

/** What qlink asks of its disk, and how it ends. */
export class QlinkDiskWork {
  readonly #ports: QlinkDiskWorkPorts
  /** Only the latest sync counts: an earlier one may have been overtaken by a failed append. */
  #sync = { number: 0, upTo: 0 }

  constructor(ports: QlinkDiskWorkPorts) {
    this.#ports = ports
  }

  sync(): void {
    this.#sync = { number: this.#sync.number + 1, upTo: this.#ports.disk.log.length }
    this.#later(1, syncedCode, this.#sync.number)
  }

  journal(record: EpochRecord): void {
    this.#ports.disk.writing = record
    this.#later(1, journaledCode)
  }

  repair(): void {
    this.#later(2, repairedCode)
  }

  timer(code: number, arg: number): boolean {
    if (code === syncedCode) this.#onSynced(arg)
    else if (code === journaledCode) this.#onJournaled()
    else if (code === repairedCode) this.#onRepaired()
    else return false
    return true
  }

  reset(): void {
    this.#sync = { number: this.#sync.number + 1, upTo: 0 }
  }

  /** A record is on the disk: it counts, whether or not anybody hears of it. */
  note(record: EpochRecord): void {
    const { facts, disk } = this.#ports
    if (record.kind === 'open') facts.opened(record.epoch, nodeIndexOf(record.leader.node))
    if (record.kind === 'sealed') facts.sealed(record.epoch, disk.log.length)
  }

  #onSynced(number: number): void {
    const { disk, feed, onCut } = this.#ports
    if (number !== this.#sync.number || this.#waits(syncedCode, number)) return
    if (disk.failing === null) {
      disk.synced = this.#sync.upTo
      feed({ kind: 'synced', end: disk.end(disk.synced), nowMs: this.#nowMs() })
      return
    }
    this.reset()
    disk.dropUnsynced()
    onCut()
    feed({ kind: 'sync-failed', reason: disk.failing, nowMs: this.#nowMs() })
  }

  #onJournaled(): void {
    const { disk, facts, feed, world } = this.#ports
    const record = disk.writing
    if (record === null || this.#waits(journaledCode)) return
    disk.writing = null
    // The journal has spare room: it can be written on a disk that is full.
    if (disk.failing === 'fsync') {
      if (record.kind === 'sealed') facts.sometimes('seal could not be written')
      feed({ kind: 'journal-failed', reason: 'fsync failed', nowMs: this.#nowMs() })
      return
    }
    disk.journal.push(record)
    this.note(record)
    const what = record.kind === 'term' ? record.term : record.epoch
    world.story?.tell(world.nowUs, 'qlink', `writes ${record.kind} ${what}`)
    feed({ kind: 'journaled', nowMs: this.#nowMs() })
  }

  #onRepaired(): void {
    const { disk, facts, feed } = this.#ports
    const nowMs = this.#nowMs()
    if (disk.failing !== null) {
      feed({ kind: 'repair-failed', reason: disk.failing, nowMs })
      return
    }
    facts.sometimes('log repaired after a failed sync')
    feed({ kind: 'repaired', nowMs })
  }

  #waits(code: number, arg = 0): boolean {
    const { disk, world, process } = this.#ports
    if (disk.stalled) world.timer(process(), stalledUs, code, arg)
    return disk.stalled
  }

  #later(syncs: number, code: number, arg = 0): void {
    const { world, process, random, syncUs, disk } = this.#ports
    world.timer(process(), syncs * (syncUs + random.below(syncUs)) * disk.slowness, code, arg)
  }

  #nowMs(): number {
    const { world, process } = this.#ports
    return world.clockMs(process())
  }
}
