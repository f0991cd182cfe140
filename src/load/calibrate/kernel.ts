import { closeSync, openSync, readSync } from 'node:fs'
import { mix32, seededRandom } from '../../kit/random.js'
import type { PieceName } from './calibration.js'

/** Counts up with every change of a piece: only results of the same work are divided by each other. */
export const kernelVersion = 1

/** One fixed amount of work, the same on every host. `rounds` are the steps of one run. */
export interface Piece {
  readonly name: PieceName
  readonly rounds: number
  run(): void
}

export interface Kernel {
  readonly pieces: readonly Piece[]
  /** Its file. */
  close(): void
}

/**
 * What a database server's thread does, in four pieces whose speeds differ between CPUs in different ways: arithmetic,
 * branches over bytes, loads that wait for memory, system calls. Making it takes about half a second and 32 MiB.
 */
export function openKernel(): Kernel {
  const bytes = randomBytes(16 * 1024)
  const cycle = oneCycle(8 * 1024 * 1024)
  const zeros = openSync('/dev/zero', 'r')
  const into = new Uint8Array(64)
  const sink = { value: 1 }
  const pieces: readonly Piece[] = [
    {
      name: 'hash',
      rounds: 20_000,
      run: () => {
        let value = sink.value
        for (let round = 0; round < 20_000; round++) value = mix32(value + round)
        sink.value = value
      },
    },
    {
      name: 'scan',
      rounds: 4,
      run: () => {
        for (let round = 0; round < 4; round++) sink.value = (sink.value + scanned(bytes, round)) | 0
      },
    },
    {
      name: 'chase',
      rounds: 2000,
      run: () => {
        let place = sink.value & (cycle.length - 1)
        for (let round = 0; round < 2000; round++) place = cycle[place] ?? 0
        sink.value = place
      },
    },
    {
      name: 'calls',
      rounds: 200,
      run: () => {
        for (let round = 0; round < 200; round++) readSync(zeros, into, 0, 64, null)
      },
    },
  ]
  return { pieces, close: () => closeSync(zeros) }
}

/** Length-coded fields after one another, as in a row of the protocol: every byte decides where the next field begins. */
function scanned(bytes: Uint8Array, from: number): number {
  let sum = 0
  let place = from
  while (place < bytes.length) {
    const first = bytes[place] ?? 0
    if (first < 0xc0) {
      sum += first
      place += 1 + (first & 7)
    } else if (first < 0xf0) {
      sum ^= (first << 8) | (bytes[place + 1] ?? 0)
      place += 3
    } else {
      sum = (sum << 1) | (sum >>> 31)
      place += 9
    }
  }
  return sum
}

function randomBytes(count: number): Uint8Array {
  const random = seededRandom(1)
  return Uint8Array.from({ length: count }, () => random.below(256))
}

/** A permutation of a single cycle (S. Sattolo, 1986): following it visits every element, in an order no prefetcher knows. */
function oneCycle(count: number): Int32Array {
  const random = seededRandom(2)
  const next = new Int32Array(count)
  for (let index = 0; index < count; index++) next[index] = index
  for (let index = count - 1; index > 0; index--) {
    const other = random.below(index)
    const value = next[index] ?? 0
    next[index] = next[other] ?? 0
    next[other] = value
  }
  return next
}
