import type { NodeName } from '../../../../src/model/node.js'
import type { EpochRecord, LogEnd, NodeAddress, QlinkPhase } from '../../../../src/model/qlink.js'
import type {
  QlinkAnswer,
  QlinkEffect,
  QlinkEvent,
  QlinkRequest,
  QlinkState,
} from '../../../../src/protocol/qlink/state.js'
import { defaultQlinkLimits, initialQlinkState } from '../../../../src/protocol/qlink/state.js'
import { stepQlink } from '../../../../src/protocol/qlink/step.js'
import { expectPlain, frozen, hold } from '../../../support/machine-checks.js'

interface Journal {
  readonly term: number
  readonly epoch: number
  readonly phase: QlinkPhase
  readonly leader: NodeAddress | null
}

interface Line {
  readonly id: number
  linked: boolean
  closing: boolean
  /** The log was cut: what still comes is not taken. */
  ignored: boolean
}

export type Ask = QlinkRequest extends infer R ? (R extends unknown ? Omit<R, 'request'> : never) : never

/**
 * A disk, a leader and keepers around the machine, who answer when the test lets them. It keeps its own books of what is
 * durable and in force, and holds every effect against them.
 */
export class QlinkWorld {
  state: QlinkState = frozen(initialQlinkState)
  nowMs = 0
  disk: Journal = { term: 0, epoch: 0, phase: 'idle', leader: null }
  /** What the machine was told of the journal. */
  known: Journal = this.disk
  appended = 0
  durable = 0
  failed = false
  writing: EpochRecord | null = null
  syncing: number | null = null
  repairing = false
  line: Line | null = null
  lastLine = 0
  acknowledgements = 0
  /** Of the present life. */
  readonly waiting = new Map<number, Ask>()
  /** No epoch up to this one may be acknowledged again, whatever happens. */
  private sealedUpTo = 0
  /** Nor this one in this life. */
  private mutedEpoch = 0
  /** In this epoch and life. */
  private acknowledgedUpTo = 0
  private lastTerm = 0
  private requests = 0
  private wakes: number[] = []
  private readonly leaders = new Map<number, NodeName>()

  feed(event: QlinkEvent): readonly QlinkEffect[] {
    const before = this.state
    const { state, effects } = stepQlink(before, frozen(event), defaultQlinkLimits)
    expectPlain(state)
    expectPlain(effects)
    hold(event.kind === 'recovered' || state.term >= before.term, 'a term goes back')
    hold(event.kind === 'recovered' || state.epoch >= before.epoch, 'an epoch goes back')
    hold(state.term >= this.known.term && state.epoch >= this.known.epoch, 'the journal was forgotten')
    hold(state.phase !== 'open' || state.epoch > this.sealedUpTo, 'a seal is undone')
    this.state = frozen(state)
    for (const effect of effects) {
      if (effect.kind === 'acknowledge') this.acknowledged(effect, event.kind === 'caught-up')
      else this.perform(effect)
    }
    return effects
  }

  ask(ask: Ask): void {
    const request = ++this.requests
    const { term, epoch, phase } = this.known
    const isHeardAtOnce = ask.kind === 'seal' && this.waiting.size === 0 && ask.term >= term
    if (isHeardAtOnce && phase === 'open' && (ask.epoch ?? epoch) === epoch) this.mutedEpoch = epoch
    this.waiting.set(request, ask)
    this.feed({ kind: 'asked', ask: { ...ask, request } as QlinkRequest, nowMs: this.nowMs })
  }

  /** `lands`: it failed, and yet a later life will find it. */
  endWriting(ok: boolean, lands: boolean): void {
    const record = this.writing
    if (!record) return
    this.writing = null
    if (ok || lands) this.disk = afterRecord(this.disk, record)
    if (ok) this.known = afterRecord(this.known, record)
    if (ok && record.kind === 'sealed') this.sealedUpTo = record.epoch
    if (ok && record.kind === 'open') this.acknowledgedUpTo = 0
    const { nowMs } = this
    this.feed(ok ? { kind: 'journaled', nowMs } : { kind: 'journal-failed', reason: 'EIO', nowMs })
  }

  /** Something of what was appended since the sync began may be in it. */
  endSync(more: number): void {
    if (this.syncing === null) return
    this.durable = Math.min(this.syncing + more, this.appended)
    this.syncing = null
    this.feed({ kind: 'synced', end: endAt(this.durable), nowMs: this.nowMs })
  }

  failDisk(): void {
    if (this.failed) return
    this.failed = true
    this.syncing = null
    this.appended = this.durable
    if (this.line) this.line.ignored = true
    this.feed({ kind: 'sync-failed', reason: 'EIO', nowMs: this.nowMs })
  }

  endRepair(ok: boolean): void {
    if (!this.repairing) return
    this.repairing = false
    this.failed = !ok
    const { nowMs } = this
    this.feed(ok ? { kind: 'repaired', nowMs } : { kind: 'repair-failed', reason: 'EIO', nowMs })
  }

  linked(): void {
    if (!this.line) return
    if (!this.line.closing) this.line.linked = true
    this.feed({ kind: 'linked', link: this.line.id })
  }

  unlinked(): void {
    const { line } = this
    if (!line) return
    this.line = null
    this.feed({ kind: 'unlinked', link: line.id, nowMs: this.nowMs })
  }

  receive(count: number): void {
    if (!this.line?.linked || this.line.ignored || this.failed) return
    this.appended += count
    this.feed({ kind: 'received', link: this.line.id, end: endAt(this.appended) })
  }

  heartbeat(): readonly QlinkEffect[] {
    return this.line?.linked ? this.feed({ kind: 'caught-up', link: this.line.id }) : []
  }

  tick(): void {
    this.wakes = this.wakes.filter((atMs) => atMs > this.nowMs)
    this.feed({ kind: 'tick', nowMs: this.nowMs })
  }

  /** The process dies, and the next one finds what had become durable, told or not. */
  restart(survives: number, lands: boolean): void {
    if (this.writing && lands) this.disk = afterRecord(this.disk, this.writing)
    if (this.disk.phase !== 'open') this.sealedUpTo = Math.max(this.sealedUpTo, this.disk.epoch)
    hold(this.disk.term >= this.known.term && this.disk.epoch >= this.known.epoch, 'the journal goes back')
    this.durable = this.appended = Math.min(this.durable + survives, this.appended)
    Object.assign(this, { writing: null, syncing: null, repairing: false, failed: false, line: null })
    Object.assign(this, { wakes: [], lastLine: 0, mutedEpoch: 0, acknowledgedUpTo: 0, known: this.disk })
    this.waiting.clear()
    this.feed({ kind: 'recovered', ...this.disk, end: endAt(this.durable), nowMs: this.nowMs })
  }

  /** From here on everything goes well, and nobody wants anything any more: it comes to rest, or never answers. */
  settle(): void {
    for (let round = 0; round < 200; round++) if (!this.settleOnce()) return
    hold(false, 'it does not come to rest')
  }

  private settleOnce(): boolean {
    if (this.writing) this.endWriting(true, true)
    else if (this.syncing !== null) this.endSync(0)
    else if (this.repairing) this.endRepair(true)
    else if (this.line?.closing) this.unlinked()
    else if (this.line && !this.line.linked) this.linked()
    else if (this.wakes.length > 0) {
      this.nowMs = Math.max(this.nowMs, Math.min(...this.wakes))
      this.tick()
    } else return false
    return true
  }

  private perform(effect: Exclude<QlinkEffect, { kind: 'acknowledge' }>): void {
    switch (effect.kind) {
      case 'journal':
        hold(this.writing === null, 'two records at once')
        this.writing = effect.record
        if (effect.record.kind === 'open') {
          const { phase, epoch } = this.known
          hold(phase !== 'open' && effect.record.epoch > epoch, 'opens before the epoch of before is sealed')
        }
        if (effect.record.kind === 'sealed') {
          hold(this.line === null && this.appended === this.durable, 'sealed before its end is known')
          hold(effect.record.end === endAt(this.durable).gtid, 'sealed at another end')
          this.mutedEpoch = effect.record.epoch
        }
        return
      case 'link':
        this.link(effect)
        return
      case 'unlink':
        hold(this.line?.id === effect.link && !this.line.closing, 'closes a link that is not there')
        if (this.line) this.line.closing = true
        return
      case 'sync':
        hold(this.syncing === null && !this.failed && this.appended > this.durable, 'syncs in vain')
        this.syncing = this.appended
        return
      case 'repair':
        hold(this.failed && !this.repairing && this.syncing === null, 'repairs what is whole')
        this.repairing = true
        return
      case 'reply':
        this.replied(effect.request, effect.answer)
        return
      case 'wake':
        this.wakes.push(effect.atMs)
    }
  }

  private link({ link, leader, from }: QlinkEffect & { kind: 'link' }): void {
    hold(this.line === null, 'two links at once')
    hold(link > this.lastLine, 'the number of a link is used again')
    hold(
      this.isInForce() && leader.node === this.known.leader?.node,
      'links to somebody else than the leader',
    )
    hold(
      !this.failed && this.syncing === null && this.appended === this.durable,
      'links from what is not durable',
    )
    hold(from === endAt(this.durable).gtid, 'links from elsewhere than the end')
    this.lastLine = link
    this.line = { id: link, linked: false, closing: false, ignored: false }
  }

  private acknowledged({ link, upTo }: QlinkEffect & { kind: 'acknowledge' }, onHeartbeat: boolean): void {
    this.acknowledgements++
    const { epoch, leader } = this.known
    hold(upTo.transactions <= this.durable, 'acknowledges what is not durable')
    hold(upTo.gtid === endAt(upTo.transactions).gtid, 'acknowledges another position')
    const isNews = upTo.transactions > this.acknowledgedUpTo
    hold(isNews || (onHeartbeat && this.appended === this.durable), 'repeats what says too much')
    this.acknowledgedUpTo = upTo.transactions
    hold(this.isInForce(), 'acknowledges an epoch that is not open, or is being sealed')
    hold(this.line?.id === link && this.line.linked && !this.line.closing, 'acknowledges on another link')
    hold(
      leader !== null && (this.leaders.get(epoch) ?? leader.node) === leader.node,
      'two leaders of an epoch',
    )
    if (leader) this.leaders.set(epoch, leader.node)
  }

  private isInForce(): boolean {
    const { phase, epoch } = this.known
    return phase === 'open' && epoch > this.sealedUpTo && epoch !== this.mutedEpoch
  }

  private replied(request: number, answer: QlinkAnswer): void {
    const ask = this.waiting.get(request)
    hold(ask !== undefined, 'answered twice')
    this.waiting.delete(request)
    if (!ask) return
    const { term, epoch, phase } = this.known
    const isOld = ask.kind !== 'claim' && ask.term < term
    hold(isOld === (answer.kind === 'term-old'), 'an older keeper is obeyed, or a newer one is not')
    if (answer.kind !== 'done') return
    hold(answer.term === term && answer.epoch === epoch, 'answers with what is not durable')
    if (ask.kind === 'claim') {
      hold(term > this.lastTerm, 'a term is given twice')
      this.lastTerm = term
    }
    if (ask.kind === 'open') hold(this.isInForce() && epoch === ask.epoch, 'told open, and is not')
    if (ask.kind === 'open') this.known = { ...this.known, leader: ask.leader }
    if (ask.kind !== 'seal') return
    hold(phase !== 'open', 'told sealed, and is not')
    hold(answer.end.transactions === this.durable, 'sealed at another end')
  }
}

function endAt(transactions: number): LogEnd {
  return { gtid: transactions === 0 ? '' : `0-1-${transactions}`, transactions, bytes: transactions * 100 }
}

function afterRecord(journal: Journal, record: EpochRecord): Journal {
  if (record.kind === 'term') return { ...journal, term: record.term }
  if (record.kind === 'sealed') return { ...journal, phase: 'sealed' }
  return { ...journal, epoch: record.epoch, phase: 'open', leader: record.leader }
}
