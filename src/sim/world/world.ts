import { assert } from '../../kit/assert.js'
import { mix32 } from '../../kit/random.js'
import { EventHeap, type SimEvent } from './event-heap.js'
import type { Actor, Ending, Process } from './process.js'
import { TraceHash } from './trace-hash.js'

/** What became of a run whose invariants did not hold. */
export interface Violation {
  /** `I1` to `I7`, or the name of another check. */
  readonly invariant: string
  readonly message: string
  readonly atUs: number
}

/** Who hears what happens, for people; absent in campaigns, because telling costs more than happening. */
export interface Story {
  tell(atUs: number, who: string, what: string): void
}

/** Takes the events that are not timers. */
export interface Switchboard {
  take(event: SimEvent, process: Process): void
  /** Everybody who talks with the process learns of its end. */
  ended(process: Process): void
}

/** What happens to the world, not in it: faults, and looks from outside. */
export interface Director {
  /** The time of something it has planned has come. */
  due(mark: number): void
  /** A process ended, by whomever. */
  ended(process: Process): void
  /** Called after every event. */
  afterEvent(): void
}

export const timerCode = 0
const planCode = 31

/**
 * Virtual time: whole microseconds, a heap of what is to come, and the processes it comes to. One loop, no promises, no
 * clock of this host. What is due for a frozen process waits for it; what was meant for a former life of a process is
 * dropped.
 */
export class World {
  nowUs = 0
  events = 0
  violation: Violation | null = null
  story: Story | null = null
  readonly processes: Process[] = []
  readonly #heap = new EventHeap()
  readonly #hash = new TraceHash()
  readonly #event: SimEvent = { timeUs: 0, code: 0, target: -1, life: 0, arg: 0, load: null }
  readonly #draft: SimEvent = { timeUs: 0, code: 0, target: -1, life: 0, arg: 0, load: null }
  #ties: number
  #switchboard: Switchboard | null = null
  #director: Director | null = null

  constructor(readonly seed: number) {
    this.#ties = mix32(seed ^ 0x7e57_71e5)
  }

  plug(switchboard: Switchboard): void {
    this.#switchboard = switchboard
  }

  direct(director: Director): void {
    this.#director = director
  }

  /** {@link Director.due} with that mark, at that time. */
  plan(atUs: number, mark: number): void {
    this.schedule(atUs, { code: planCode, target: -1, life: 0, arg: mark, load: null })
  }

  /** A new process, not started yet. */
  add(name: string, actor: Actor, clockOffsetUs: number): Process {
    const process: Process = {
      index: this.processes.length,
      name,
      actor,
      state: 'down',
      life: 0,
      clockOffsetUs,
      deferred: [],
      connections: new Set(),
      unanswered: new Set(),
    }
    this.processes.push(process)
    return process
  }

  process(index: number): Process {
    const process = this.processes[index]
    assert(process, `there is no process ${index}`)
    return process
  }

  schedule(
    atUs: number,
    event: { code: number; target: number; life: number; arg: number; load: unknown },
  ): void {
    const draft = this.#draft
    draft.timeUs = atUs
    draft.code = event.code
    draft.target = event.target
    draft.life = event.life
    draft.arg = event.arg
    draft.load = event.load
    this.#push(draft)
  }

  /** `code` and `arg` come back to the process after `delayUs`, if it still lives then. */
  timer(process: Process, delayUs: number, code: number, arg = 0): void {
    const draft = this.#draft
    draft.timeUs = this.nowUs + delayUs
    draft.code = timerCode
    draft.target = process.index
    draft.life = process.life
    draft.arg = arg * timerCodes + code
    draft.load = null
    this.#push(draft)
  }

  /** The process's own monotonic clock, in whole milliseconds. */
  clockMs(process: Process): number {
    return Math.floor((this.nowUs + process.clockOffsetUs) / 1000)
  }

  /** How long until the process's clock shows `atMs`. */
  untilMs(process: Process, atMs: number): number {
    return Math.max(0, atMs * 1000 - process.clockOffsetUs - this.nowUs)
  }

  run(untilUs: number): void {
    const event = this.#event
    while (this.violation === null && this.#heap.popInto(event, untilUs)) {
      this.nowUs = event.timeUs
      this.events++
      this.#hash.add(event.timeUs)
      this.#hash.add(event.code * 64 + event.target + 1)
      this.#hash.add(event.arg)
      this.#take(event)
      this.#director?.afterEvent()
    }
    if (this.violation === null) this.nowUs = untilUs
  }

  hash(): string {
    return this.#hash.text()
  }

  start(process: Process): void {
    if (process.state !== 'down') return
    process.state = 'up'
    process.life++
    process.actor.started()
  }

  end(process: Process, how: Ending): void {
    if (process.state === 'down') return
    process.state = 'down'
    process.life++
    process.actor.ended(how)
    this.#switchboard?.ended(process)
    this.#director?.ended(process)
    // What still lay in its buffers meets a closed door.
    for (const event of process.deferred.splice(0)) this.#take(event)
  }

  freeze(process: Process): void {
    if (process.state === 'up') process.state = 'frozen'
  }

  /** Everything that waited comes at once; whether its timers or its messages come first is a choice. */
  thaw(process: Process): void {
    if (process.state !== 'frozen') return
    process.state = 'up'
    const waiting = process.deferred.splice(0)
    const timersFirst = (this.#nextTie() & 1) === 0
    const isFirst = (event: SimEvent) => (event.code === timerCode) === timersFirst
    for (const event of waiting) if (isFirst(event)) this.#take(event)
    for (const event of waiting) if (!isFirst(event)) this.#take(event)
  }

  /** The first one counts: what comes after it may be its consequence. */
  violate(invariant: string, message: string): void {
    if (this.violation !== null) return
    this.violation = { invariant, message, atUs: this.nowUs }
    this.story?.tell(this.nowUs, 'checker', `VIOLATION of ${invariant}: ${message}`)
  }

  #push(event: SimEvent): void {
    this.#heap.push(event, this.#nextTie())
  }

  #nextTie(): number {
    this.#ties = (this.#ties + 0x9e37_79b9) >>> 0
    return mix32(this.#ties)
  }

  #take(event: SimEvent): void {
    if (event.code === planCode) {
      this.#director?.due(event.arg)
      return
    }
    const process = this.process(event.target)
    if (process.state === 'frozen') {
      if (event.code !== timerCode || event.life === process.life) process.deferred.push({ ...event })
      return
    }
    if (event.code !== timerCode) {
      this.#switchboard?.take(event, process)
      return
    }
    if (event.life !== process.life || process.state !== 'up') return
    process.actor.timer(event.arg % timerCodes, Math.floor(event.arg / timerCodes))
  }
}

/** A timer's code and argument travel in one number. */
const timerCodes = 32
