import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { FsyncProbe } from './calibration.js'

const pageBytes = 4096
const filePages = 256

/**
 * Latency of a 4 KiB write and its sync, one after another, in a file of the folder: what a commit waits for when nobody
 * shares its sync. Blocks its thread; the file is removed. Throws what the file system throws.
 */
export function probeFsync(folder: string, durationMs: number, now: () => number): FsyncProbe {
  const path = join(folder, `.corelab-calibrate-${process.pid}`)
  const file = openSync(path, 'wx', 0o600)
  try {
    const page = new Uint8Array(pageBytes).fill(1)
    for (let index = 0; index < filePages; index++) writeSync(file, page, 0, pageBytes, index * pageBytes)
    fdatasyncSync(file)
    const tookUs: number[] = []
    const until = now() + durationMs
    do {
      const begun = now()
      writeSync(file, page, 0, pageBytes, (tookUs.length % filePages) * pageBytes)
      fdatasyncSync(file)
      tookUs.push((now() - begun) * 1000)
    } while (now() < until)
    const sorted = tookUs.sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
    return { folder, count: sorted.length, medianUs: at(0.5), p95Us: at(0.95), p99Us: at(0.99) }
  } finally {
    closeSync(file)
    unlinkSync(path)
  }
}

/** Bytes per second of copying 32 MiB from one place to another, the best of several runs. */
export function probeCopy(now: () => number): number {
  const from = new Uint8Array(32 * 1024 * 1024).fill(1)
  const to = new Uint8Array(from.length)
  let best = 0
  for (let run = 0; run < 8; run++) {
    const begun = now()
    to.set(from)
    best = Math.max(best, from.length / ((now() - begun) / 1000))
  }
  return best
}
