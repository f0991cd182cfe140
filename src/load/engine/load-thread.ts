import type { Clock } from '../../kit/clock.js'
import { corelabError, toCorelabError } from '../../kit/errors.js'
import { mix32, seededRandom } from '../../kit/random.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { ClosedDrive } from './closed-drive.js'
import type { Drive } from './drive.js'
import { IntervalSeries } from './interval-series.js'
import { OpenDrive } from './open-drive.js'
import { SessionSlot } from './session-slot.js'
import { outcomeIndex, ThreadCounts } from './thread-counts.js'
import { type FromThread, intervalMs, type ThreadJob } from './thread-messages.js'
import type { Workload, WorkloadFactory } from './workload.js'
import { findWorkload } from './workload-registry.js'

export interface ThreadWorld {
  readonly clock: Clock
  tell(message: FromThread): void
}

/** Logins at the same time: servers queue few of them. */
const openAtOnce = 16

/** Error classes beyond this many are counted together: a message with a number in it must not fill the memory. */
const errorClassesMax = 100

/** How long operations under way may take after the end of the window. */
const drainLimitMs = 15_000

/** The sessions of one thread of a load run, from opening to the last word. */
export class LoadThread {
  #workload: Workload | null = null
  #slots: SessionSlot[] = []
  #counts: ThreadCounts | null = null
  #errors: Map<string, number>[] = []
  #newErrors = false
  #drive: Drive | null = null
  #series: IntervalSeries
  #startMs = 0
  #windowStartMs = Number.POSITIVE_INFINITY
  #windowEndMs = Number.POSITIVE_INFINITY
  #over = false
  readonly #cut = new AbortController()
  #drainLimitMs = drainLimitMs
  #opening: Promise<void> = Promise.resolve()
  /** Told `refused`: there is nothing to end. */
  #refused = false
  #draining = false
  #whenDrained: () => void = () => undefined

  constructor(
    private readonly job: ThreadJob,
    private readonly world: ThreadWorld,
  ) {
    this.#series = new IntervalSeries((interval) => world.tell({ kind: 'interval', ...interval }))
  }

  /** Tells `ready` or `refused`. Never rejects. */
  open(): Promise<void> {
    this.#opening = this.#open()
    return this.#opening
  }

  async #open(): Promise<void> {
    try {
      const factory = await findWorkload(this.job.plan.workload.name)
      this.#workload = await this.#makeWorkload(factory)
      const { classes } = this.#workload
      this.#counts = ThreadCounts.allocate(classes.length)
      this.#errors = classes.map(() => new Map())
      await this.#openSessions(this.#workload)
      this.world.tell({ kind: 'ready', classes, memory: this.#counts.memory })
    } catch (error) {
      this.#refused = true
      await this.#closeAll()
      this.world.tell({ kind: 'refused', error: toCorelabError(error).shape })
    }
  }

  /** Runs from that time of the thread's clock to the end of the window, or to `stop`, and tells `ended`. */
  async begin(startMs: number): Promise<void> {
    if (this.#over) return
    const { plan } = this.job
    const { clock } = this.world
    this.#startMs = startMs
    this.#windowStartMs = startMs + plan.rampMs + plan.warmUpMs
    this.#windowEndMs = this.#windowStartMs + plan.durationMs
    const waitMs = startMs - clock.monotonicMs()
    if (waitMs > 0) await clock.sleep(waitMs, this.#cut.signal).catch(() => undefined)
    this.#drive = this.#newDrive()
    if (!this.#over) this.#drive.begin(startMs)
    await this.#untilWindowEnd()
    await this.#end()
  }

  /** Ends the run before its time; in the drain, shortens that. */
  async stop(limitMs: number): Promise<void> {
    const begun = this.#startMs > 0
    this.#over = true
    this.#drainLimitMs = limitMs
    this.#windowEndMs = Math.min(this.#windowEndMs, this.world.clock.monotonicMs())
    this.#drive?.stop(this.#windowEndMs)
    this.#cut.abort()
    if (this.#draining) {
      await this.world.clock.sleep(limitMs)
      this.#whenDrained()
    }
    if (begun) return
    await this.#opening
    if (!this.#refused) await this.#end()
  }

  async #untilWindowEnd(): Promise<void> {
    const { clock } = this.world
    while (!this.#cut.signal.aborted) {
      const nowMs = clock.monotonicMs()
      if (nowMs >= this.#windowStartMs)
        this.#series.closeUntil(Math.min(nowMs, this.#windowEndMs) - this.#windowStartMs)
      if (this.#newErrors) this.world.tell({ kind: 'errors', errors: this.#errorsSoFar() })
      const leftMs = this.#windowEndMs - nowMs
      if (leftMs <= 0) return
      await clock.sleep(Math.min(leftMs, intervalMs), this.#cut.signal).catch(() => undefined)
    }
  }

  async #end(): Promise<void> {
    this.#over = true
    this.#drive?.stop(this.#windowEndMs)
    await this.#drain()
    if (this.#windowEndMs > this.#windowStartMs) this.#series.finish(this.#windowEndMs - this.#windowStartMs)
    const counted = await this.#closeAll()
    this.world.tell({ kind: 'ended', counted, errors: this.#errorsSoFar() })
  }

  #errorsSoFar(): readonly Readonly<Record<string, number>>[] {
    this.#newErrors = false
    return this.#errors.map((each) => Object.fromEntries(each))
  }

  /** Lets operations under way end, within a limit. */
  async #drain(): Promise<void> {
    if (this.#counts?.underWay() === 0) return
    const over = new AbortController()
    const drained = new Promise<void>((resolve) => {
      this.#whenDrained = resolve
    })
    this.#draining = true
    const limit = this.world.clock.sleep(this.#drainLimitMs, over.signal).catch(() => undefined)
    await Promise.race([drained, limit])
    this.#draining = false
    over.abort()
  }

  async #closeAll(): Promise<Readonly<Record<string, number>>> {
    for (const slot of this.#slots) slot.abandon()
    await Promise.all(this.#slots.map((slot) => slot.close()))
    return (await this.#workload?.close()) ?? {}
  }

  #makeWorkload(factory: WorkloadFactory): Promise<Workload> {
    const { plan, index, of } = this.job
    const seed = mix32(plan.seed + Math.imul(index + 1, 0x9e3779b9))
    return factory(plan.workload, { index, of, seed })
  }

  async #openSessions(workload: Workload): Promise<void> {
    const { plan, index, of } = this.job
    const mine: number[] = []
    for (let session = index; session < plan.connections; session += of) mine.push(session)
    for (let first = 0; first < mine.length; first += openAtOnce) {
      if (this.#over) throw corelabError('CANCELLED', { message: 'Cancelled while sessions were opened' })
      const some = mine.slice(first, first + openAtOnce)
      const opened = await Promise.allSettled(some.map((each) => workload.openSession(each)))
      for (const each of opened)
        if (each.status === 'fulfilled') this.#slots.push(new SessionSlot(each.value, this.#slotRules()))
      const refused = opened.find((each) => each.status === 'rejected')
      if (refused) throw refused.reason
    }
  }

  #slotRules(): ConstructorParameters<typeof SessionSlot>[1] {
    return {
      clock: this.world.clock,
      began: () => this.#counts?.began(),
      record: (outcome, operationClass, times) => this.#record(outcome, operationClass, times),
      free: (slot, nowMs) => {
        if (!this.#over) this.#drive?.free(slot, nowMs)
      },
    }
  }

  #record(
    outcome: OperationOutcome,
    operationClass: number,
    times: { readonly plannedMs: number; readonly begunMs: number; readonly endedMs: number },
  ): void {
    const counts = this.#counts
    if (counts === null) return
    const kind = outcomeIndex[outcome.kind]
    counts.ended(kind)
    const { endedMs } = times
    if (this.#draining && counts.underWay() === 0) this.#whenDrained()
    const open = this.job.plan.arrival.loop === 'open'
    // What was planned within the window counts, also when its answer came later: a stall at the end is not forgotten.
    const countsAtMs = open ? times.plannedMs : endedMs
    if (countsAtMs < this.#windowStartMs || countsAtMs >= this.#windowEndMs) return
    const latencyUs = Math.round((endedMs - times.plannedMs) * 1000)
    counts.endedInWindow(operationClass, kind)
    if (outcome.kind === 'ok') {
      counts.latency(operationClass, latencyUs)
      if (open) counts.serviceTime(Math.round((endedMs - times.begunMs) * 1000))
    } else this.#countError(operationClass, outcome.errorClass)
    if (endedMs < this.#windowEndMs)
      this.#series.record(outcome.kind, latencyUs, endedMs - this.#windowStartMs)
  }

  #countError(operationClass: number, errorClass: string): void {
    const errors = this.#errors[operationClass]
    if (errors === undefined) return
    const name = errors.has(errorClass) || errors.size < errorClassesMax ? errorClass : 'other'
    errors.set(name, (errors.get(name) ?? 0) + 1)
    this.#newErrors = true
  }

  #newDrive(): Drive {
    const { plan, index, of } = this.job
    const { clock } = this.world
    const { arrival, rampMs, warmUpMs, durationMs } = plan
    if (arrival.loop === 'closed')
      return new ClosedDrive(this.#slots, { clock, thinkMs: arrival.thinkMs, rampMs })
    const seed = mix32(plan.seed ^ Math.imul(index + 1, 0x85ebca6b))
    return new OpenDrive(this.#slots, {
      clock,
      schedule: {
        kind: arrival.schedule,
        ratePerSecond: (arrival.ratePerSecond * this.#slots.length) / plan.connections,
        rampMs,
        phase: index / of,
        draws: () => seededRandom(seed),
      },
      lateMaxMs: plan.lateMaxMs,
      counts: this.#counts ?? ThreadCounts.allocate(1),
      window: { fromMs: rampMs + warmUpMs, toMs: rampMs + warmUpMs + durationMs },
    })
  }
}
