import { type NodeName, nodeNames } from '../../../../src/model/node.js'
import { isNewer, nodeOf, type Topology } from '../../../../src/model/topology.js'
import type {
  KeeperEffect,
  KeeperEvent,
  KeeperState,
  UntimedKeeperEvent,
} from '../../../../src/protocol/keeper/state.js'
import { defaultKeeperLimits, initialKeeperState } from '../../../../src/protocol/keeper/state.js'
import { stepKeeper } from '../../../../src/protocol/keeper/step.js'
import type { Step, StepReport, Survey } from '../../../../src/protocol/keeper/steps.js'
import { failoverSteps, switchoverSteps } from '../../../../src/protocol/keeper/steps.js'
import { placeForReturn } from '../../../../src/protocol/keeper/topology-change.js'
import { expectPlain, frozen, hold, isSame } from '../../../support/machine-checks.js'
import { topologyOf } from '../../../support/topologies.js'

type Perform = Extract<KeeperEffect, { readonly kind: 'perform' }>

/** Of a survey: what each node lacks, by its number; `errant` is not a prefix, `away` does not answer. */
export type Finding = number | 'errant' | 'away'

/** Everything that a change of master needs before it is told to anybody. */
const proofs = [failoverSteps, switchoverSteps].map((steps) => steps.slice(0, -1).join(' '))

/**
 * The nodes, the disk, qlink and people around the machine, who answer when the test lets them. It keeps its own books of
 * what was done, and holds every effect against them.
 */
export class KeeperWorld {
  nowMs = 0
  state: KeeperState
  step: Perform | null = null
  /** What the driver was told to bring back. */
  readonly wanted = new Set<NodeName>()
  /** Asked in this life of the keeper, and not answered yet. */
  readonly waiting = new Set<number>()
  mastersMade = 0
  private lastSaid: UntimedKeeperEvent | null = null
  private requests = 0
  private ticket = 0
  private done: { readonly step: Step; readonly survey: Survey | null }[] = []
  private qlink: { epoch: number; leader: NodeName | null }
  /** In order; those beyond `written` may be lost with the keeper. */
  private published: Topology[]
  private written = 1
  private readonly masters = new Map<number, NodeName>()

  constructor() {
    const topology = topologyOf({ epoch: 2 })
    this.published = [topology]
    this.qlink = { epoch: 2, leader: topology.master }
    this.state = frozen(initialKeeperState(topology))
  }

  feed(untimed: UntimedKeeperEvent): readonly KeeperEffect[] {
    const before = this.state
    const event = frozen({ ...untimed, nowMs: this.nowMs } as KeeperEvent)
    const { state, effects } = stepKeeper(before, event, defaultKeeperLimits)
    expectPlain(state)
    expectPlain(effects)
    this.state = frozen(state)
    const isBusy = before.workflow?.kind === 'failover' && state.workflow?.kind === 'failover'
    for (const effect of effects) {
      this.perform(effect)
      const isRepair = effect.kind === 'restart' || effect.kind === 'rejoin'
      hold(!(isBusy && isRepair), 'a repair begins in the middle of a failover')
    }
    hold(state.ticket === this.ticket, 'a ticket without a step')
    hold(state.topology === this.newest || isSame(state.topology, this.newest), 'changed and not told')
    if (state.workflow === null) this.step = null
    return effects
  }

  ask(kind: 'switchover-asked' | 'failover-asked' | 'reads-asked', to: NodeName | null): void {
    const request = ++this.requests
    this.waiting.add(request)
    if (kind === 'switchover-asked') this.feed({ kind, request, to })
    else if (kind === 'failover-asked') this.feed({ kind, request, reason: 'asked' })
    else this.feed({ kind, request, from: ['shadow'] })
  }

  /** Whatever was published before a step is durable before it begins. */
  endStep(ok: boolean, findings: readonly Finding[]): void {
    const { step: performed } = this
    if (!performed) return
    this.written = this.published.length
    const { ticket, step } = performed
    const report = ok ? this.reportOf(step, findings) : null
    this.step = null
    if (report) this.done.push({ step, survey: report.step === 'survey' ? report.survey : null })
    this.lastSaid = report
      ? { kind: 'step-done', ticket, report }
      : { kind: 'step-failed', ticket, reason: 'failed' }
    this.feed(this.lastSaid)
  }

  /** qlink opens an epoch, and nobody hears of it. */
  failAfterwards(): void {
    if (this.step) this.reportOf(this.step.step, [])
    this.endStep(false, [])
  }

  /** What was left off, or was said already, is said once more. */
  sayStale(ago: number): void {
    const before = this.state
    const isOver = this.step === null && this.state.workflow === null
    const ticket = this.ticket - (isOver ? ago - 1 : ago)
    const again = this.lastSaid?.kind === 'step-done' ? this.lastSaid : null
    const effects = this.feed(again ? { ...again, ticket } : { kind: 'step-failed', ticket, reason: 'late' })
    hold(effects.length === 0 && isSame(this.state, before), 'a stale ticket changes something')
  }

  write(): void {
    this.written = this.published.length
  }

  /** The keeper dies with what it had not written; the next one knows nothing else than the file. */
  restart(): void {
    this.published = this.published.slice(0, this.written)
    this.step = null
    this.ticket = 0
    this.done = []
    this.wanted.clear()
    this.waiting.clear()
    this.state = frozen(initialKeeperState(this.newest))
  }

  /** From here on everybody lives and everything goes well: there must be a master, and a chain behind it. */
  settle(): void {
    this.feed({ kind: 'resume' })
    for (let round = 0; round < 400; round++) {
      this.goWell({ persons: false })
      this.endStep(true, [])
      if (this.isSettled()) return
    }
    hold(false, `it does not come to rest: ${JSON.stringify(this.state)}`)
  }

  /** For a moment everybody lives, answers and comes back; those who are held by a person's word. */
  goWell({ persons }: { readonly persons: boolean }): void {
    this.nowMs += 200
    for (const node of nodeNames) this.feed({ kind: 'answered', node })
    this.feed({ kind: 'qlink-seen', heardAgoMs: 0, bytes: this.nowMs, holdsBack: false, loopDelayMs: 0 })
    const { master } = this.state.topology
    if (master !== null) this.feed({ kind: 'acknowledged', node: master })
    this.feed({ kind: 'tick' })
    for (const node of nodeNames) this.bringBack(node, persons)
  }

  get newest(): Topology {
    return this.published[this.published.length - 1] as Topology
  }

  private bringBack(node: NodeName, persons: boolean): void {
    const { topology, health, quarantined } = this.state
    const isHeld = quarantined[node] === 'held'
    const isWanted = this.wanted.delete(node) || health[node]?.leftAlone || (isHeld && persons)
    if (!isWanted || topology.master === null || nodeOf(topology, node).serving) return
    const known = nodeOf(topology, node).role
    const place = placeForReturn(topology)
    const role = known === 'quarantined' || known === 'master' ? place.role : known
    const source = role === 'shadow' ? topology.master : place.source
    if (source !== null && (!isHeld || persons))
      this.feed({ kind: 'readmitted', node, role, source: source === node ? topology.master : source })
  }

  private isSettled(): boolean {
    const { workflow, topology, quarantined } = this.state
    if (workflow || topology.master === null) return false
    const { nodes } = topology
    return nodes.every(({ name, serving, source }) => {
      const isWell = serving && (source === null || nodeOf(topology, source).role !== 'quarantined')
      return isWell || quarantined[name] === 'held'
    })
  }

  private perform(effect: KeeperEffect): void {
    switch (effect.kind) {
      case 'publish':
        this.publish(effect.topology)
        return
      case 'perform':
        hold(effect.ticket === this.ticket + 1, 'the tickets have a gap')
        this.ticket = effect.ticket
        this.step = effect
        if (effect.step.kind === 'drain') this.expectBest(effect.step.candidate)
        return
      case 'restart':
        hold(nodeOf(this.newest, effect.node).source !== null, 'restarts whoever has nobody to follow')
        this.wanted.add(effect.node)
        return
      case 'rejoin':
        hold(this.state.quarantined[effect.node] === 'due', 'rejoins who is held')
        this.wanted.add(effect.node)
        return
      case 'answer':
        hold(this.waiting.delete(effect.request), 'answered twice')
        return
      case 'refused':
    }
  }

  private publish(topology: Topology): void {
    const before = this.newest
    hold(isNewer(topology, before), 'a topology goes back')
    const { epoch, master, nodes } = topology
    if (master !== null) {
      hold((this.masters.get(epoch) ?? master) === master, 'two masters of an epoch')
      this.masters.set(epoch, master)
      const last = this.published.findLast((each) => each.master !== null)
      hold(last?.master === master || epoch > before.epoch, 'another master without a new epoch')
      hold(nodeOf(topology, master).role === 'master', 'the master has another role')
    }
    if (epoch > before.epoch) this.expectProved(topology)
    const roles = nodes.map(({ role }) => role).filter((role) => role !== 'quarantined')
    hold(new Set(roles).size === roles.length, `a place is held twice: ${roles}`)
    for (const { name } of nodes) hold(!isInCycle(topology, name), `${name} follows itself`)
    this.published.push(topology)
  }

  /** What went before the word that there is a new master. */
  private expectProved({ epoch, master }: Topology): void {
    this.mastersMade++
    const proof = this.done.slice(-6)
    hold(proofs.includes(proof.map(({ step }) => step.kind).join(' ')), 'opened before all was proved')
    for (const { step } of proof)
      if ('epoch' in step) hold(step.candidate === master && step.epoch === epoch, 'opened somebody else')
    hold(this.qlink.epoch === epoch && this.qlink.leader === master, 'qlink acknowledges somebody else')
    this.done = []
  }

  private expectBest(candidate: NodeName): void {
    const survey = this.done.findLast((each) => each.survey !== null)?.survey
    const lacks = survey?.lacks[candidate]
    hold(lacks !== undefined && survey?.errant[candidate] === undefined, 'the candidate is errant')
    for (const [node, others] of Object.entries(survey?.lacks ?? {}))
      hold(
        survey?.errant[node] !== undefined || (lacks ?? 0) <= others,
        'the candidate lacks more than another',
      )
  }

  /** What a step does to qlink, and says; null when qlink refuses. */
  private reportOf(step: Step, findings: readonly Finding[]): StepReport | null {
    if (step.kind === 'seal') {
      this.qlink = { ...this.qlink, leader: null }
      return { step: 'seal', epoch: this.qlink.epoch }
    }
    if (step.kind === 'survey') return { step: 'survey', survey: surveyOf(step.nodes, findings) }
    if (step.kind === 'attach') {
      const { epoch, leader } = this.qlink
      const isDone = epoch === step.epoch && leader === step.candidate
      if (!isDone && (leader !== null || step.epoch <= epoch)) return null
      this.qlink = { epoch: step.epoch, leader: step.candidate }
    }
    return { step: step.kind }
  }
}

function surveyOf(nodes: readonly NodeName[], findings: readonly Finding[]): Survey {
  const found = nodes.map((node) => [node, findings[nodeNames.indexOf(node)] ?? 0] as const)
  return {
    lacks: Object.fromEntries(
      found.flatMap(([node, each]) =>
        each === 'away' ? [] : [[node, each === 'errant' ? 0 : each] as const],
      ),
    ),
    errant: Object.fromEntries(
      found.flatMap(([node, each]) => (each === 'errant' ? [[node, 'errant']] : [])),
    ),
  }
}

function isInCycle(topology: Topology, from: NodeName): boolean {
  let node = nodeOf(topology, from)
  for (let steps = 0; steps < nodeNames.length; steps++) {
    if (node.source === null || !node.serving) return false
    node = nodeOf(topology, node.source)
  }
  return true
}
