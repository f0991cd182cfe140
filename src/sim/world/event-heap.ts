/** What one entry of the heap stands for; the fields are those of {@link EventHeap.push}. */
export interface SimEvent {
  timeUs: number
  code: number
  /** Index of the process it is for; -1 = for nobody in particular. */
  target: number
  /** Of that process when it was made: what was meant for a former life is recognised. */
  life: number
  arg: number
  load: unknown
}

const slotsAtStart = 1024

/**
 * The future, as a 4-ary heap on (time, tie). All fields lie in preallocated arrays by slot and only slot numbers move,
 * so that nothing is allocated per event. Equal times are settled by the tie, which is drawn by whoever pushes: the
 * order of what happens at once is a choice of the schedule, not of the code.
 */
export class EventHeap {
  #times = new Float64Array(slotsAtStart)
  #ties = new Uint32Array(slotsAtStart)
  #codes = new Int32Array(slotsAtStart)
  #targets = new Int32Array(slotsAtStart)
  #lives = new Int32Array(slotsAtStart)
  #args = new Float64Array(slotsAtStart)
  #loads: unknown[] = new Array(slotsAtStart).fill(null)
  #heap = new Int32Array(slotsAtStart)
  #free = new Int32Array(slotsAtStart)
  #freeCount = 0
  #size = 0

  constructor() {
    this.#releaseSlots(0, slotsAtStart)
  }

  get size(): number {
    return this.#size
  }

  push(event: SimEvent, tie: number): void {
    if (this.#freeCount === 0) this.#grow()
    const slot = this.#free[--this.#freeCount] as number
    this.#times[slot] = event.timeUs
    this.#ties[slot] = tie
    this.#codes[slot] = event.code
    this.#targets[slot] = event.target
    this.#lives[slot] = event.life
    this.#args[slot] = event.arg
    this.#loads[slot] = event.load
    this.#siftUp(slot, this.#size++)
  }

  /** Takes the earliest event out, into `into`; false when there is none at or before `untilUs`. */
  popInto(into: SimEvent, untilUs: number): boolean {
    if (this.#size === 0) return false
    const slot = this.#heap[0] as number
    const timeUs = this.#times[slot] as number
    if (timeUs > untilUs) return false
    into.timeUs = timeUs
    into.code = this.#codes[slot] as number
    into.target = this.#targets[slot] as number
    into.life = this.#lives[slot] as number
    into.arg = this.#args[slot] as number
    into.load = this.#loads[slot]
    this.#loads[slot] = null
    this.#free[this.#freeCount++] = slot
    const last = this.#heap[--this.#size] as number
    if (this.#size > 0) this.#siftDown(last)
    return true
  }

  #isBefore(left: number, right: number): boolean {
    const leftUs = this.#times[left] as number
    const rightUs = this.#times[right] as number
    if (leftUs !== rightUs) return leftUs < rightUs
    return (this.#ties[left] as number) < (this.#ties[right] as number)
  }

  #siftUp(slot: number, from: number): void {
    const heap = this.#heap
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 2
      const above = heap[parent] as number
      if (!this.#isBefore(slot, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = slot
  }

  #siftDown(slot: number): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      const first = index * 4 + 1
      if (first >= this.#size) break
      let best = first
      const end = Math.min(first + 4, this.#size)
      for (let child = first + 1; child < end; child++)
        if (this.#isBefore(heap[child] as number, heap[best] as number)) best = child
      const below = heap[best] as number
      if (!this.#isBefore(below, slot)) break
      heap[index] = below
      index = best
    }
    heap[index] = slot
  }

  #grow(): void {
    const before = this.#times.length
    const after = before * 2
    this.#times = grown(this.#times, new Float64Array(after))
    this.#ties = grown(this.#ties, new Uint32Array(after))
    this.#codes = grown(this.#codes, new Int32Array(after))
    this.#targets = grown(this.#targets, new Int32Array(after))
    this.#lives = grown(this.#lives, new Int32Array(after))
    this.#args = grown(this.#args, new Float64Array(after))
    this.#heap = grown(this.#heap, new Int32Array(after))
    this.#free = grown(this.#free, new Int32Array(after))
    this.#releaseSlots(before, after)
  }

  #releaseSlots(from: number, to: number): void {
    for (let slot = to - 1; slot >= from; slot--) this.#free[this.#freeCount++] = slot
  }
}

function grown<T extends Float64Array | Uint32Array | Int32Array>(old: T, wider: T): T {
  wider.set(old)
  return wider
}
