/** Sparse, for files and messages: pairs of cell index and count. */
interface HistogramData {
  readonly count: number
  readonly sumUs: number
  readonly maxUs: number
  readonly buckets: readonly (readonly [index: number, count: number])[]
}

/** Longer waits are recorded as this long: ten minutes. */
const longestUs = 600_000_000

/** Values below are exact; from here on each doubling has half as many cells: three significant digits. */
const exactBelow = 2048
const cellsPerDoublingBits = 10
const cellCount = cellOf(longestUs) + 1

/** After the cells: the sum, low and high 32 bits, and the maximum. */
const sumLow = cellCount
const sumHigh = cellCount + 1
const max = cellCount + 2

/**
 * Integer microseconds in log-linear cells, as an HDR histogram has them (Gil Tene): a fixed memory, exact to three
 * digits from 1 us to 10 minutes, no allocation per record. The cells may be shared memory: one thread records, any
 * thread reads. A cell holds 2^32 - 1 records.
 */
export class LogHistogram {
  /** How many numbers the memory of one must have. */
  static readonly cells = cellCount + 3

  constructor(private readonly memory: Uint32Array = new Uint32Array(LogHistogram.cells)) {}

  /** One with all that the given ones recorded. */
  static of(...all: readonly HistogramData[]): LogHistogram {
    const histogram = new LogHistogram()
    for (const each of all) histogram.add(each)
    return histogram
  }

  record(us: number): void {
    const value = us < 1 ? 1 : us > longestUs ? longestUs : us | 0
    const { memory } = this
    const cell = cellOf(value)
    memory[cell] = (memory[cell] as number) + 1
    if (value > (memory[max] as number)) memory[max] = value
    const sum = (memory[sumLow] as number) + value
    memory[sumLow] = sum
    if (sum > 0xffff_ffff) memory[sumHigh] = (memory[sumHigh] as number) + 1
  }

  /** Adds what another one recorded. */
  add(data: HistogramData): void {
    const { memory } = this
    for (const [cell, count] of data.buckets) memory[cell] = (memory[cell] ?? 0) + count
    const sum = this.#sumUs() + data.sumUs
    memory[sumLow] = sum % 0x1_0000_0000
    memory[sumHigh] = Math.floor(sum / 0x1_0000_0000)
    if (data.maxUs > (memory[max] as number)) memory[max] = data.maxUs
  }

  /**
   * The highest value of the cell in which that percentile lies, and never more than the maximum; null when nothing was
   * recorded. `p` from 0 to 100.
   */
  percentileUs(p: number): number | null {
    const count = this.count
    if (count === 0) return null
    const wanted = Math.max(1, Math.ceil((p / 100) * count - 1e-9))
    let seen = 0
    for (let cell = 0; cell < cellCount; cell++) {
      seen += this.memory[cell] as number
      if (seen >= wanted) return Math.min(highestOf(cell), this.memory[max] as number)
    }
    return this.memory[max] as number
  }

  get count(): number {
    let count = 0
    for (let cell = 0; cell < cellCount; cell++) count += this.memory[cell] as number
    return count
  }

  toData(): HistogramData {
    const buckets: [number, number][] = []
    let count = 0
    for (let cell = 0; cell < cellCount; cell++) {
      const here = this.memory[cell] as number
      if (here === 0) continue
      buckets.push([cell, here])
      count += here
    }
    return { count, sumUs: this.#sumUs(), maxUs: this.memory[max] as number, buckets }
  }

  reset(): void {
    this.memory.fill(0)
  }

  #sumUs(): number {
    return (this.memory[sumHigh] as number) * 0x1_0000_0000 + (this.memory[sumLow] as number)
  }
}

function cellOf(us: number): number {
  if (us < exactBelow) return us
  const shift = 21 - Math.clz32(us)
  return (shift << cellsPerDoublingBits) + (us >>> shift)
}

function highestOf(cell: number): number {
  if (cell < exactBelow) return cell
  const shift = (cell >>> cellsPerDoublingBits) - 1
  const lowest = ((cell & ((1 << cellsPerDoublingBits) - 1)) + (1 << cellsPerDoublingBits)) << shift
  return lowest + (1 << shift) - 1
}
