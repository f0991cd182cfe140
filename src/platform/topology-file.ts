import { readFile, stat } from 'node:fs/promises'
import type { Clock } from '../kit/clock.js'
import { corelabError } from '../kit/errors.js'
import type { Topology } from '../model/topology.js'
import { type ConfirmedTopology, parseTopology, type TopologyListener } from './topology-news.js'

/** Short against the time that a change of master takes, and five looks cost nothing. */
const lookIntervalMs = 200
/** A disk that hangs must not keep anybody waiting for a look. */
const lookLimitMs = 1000

/** The keeper's durable truth. It is replaced as a whole, so its inode and time tell whether it has to be read again. */
export class TopologyFile {
  #read: { readonly version: string; readonly topology: Topology } | null = null

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  /** Tells what it holds at each look, until `signal` aborts. A damaged or vanished file tells nothing. */
  async follow(listener: TopologyListener, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const seen = await this.#look().catch(() => null)
      if (seen && !signal.aborted) listener(seen.topology, seen.confirmedAtMs)
      await this.clock.sleep(lookIntervalMs, signal).catch(() => undefined)
    }
  }

  /** Looks now. Rejects when it cannot be read within a second. */
  async look(): Promise<ConfirmedTopology> {
    const timer = new AbortController()
    const late = this.clock.sleep(lookLimitMs, timer.signal).then(() => {
      throw this.#unreadable(`no answer within ${lookLimitMs} ms`)
    })
    try {
      return await Promise.race([this.#look(), late])
    } finally {
      timer.abort()
      late.catch(() => undefined)
    }
  }

  async #look(): Promise<ConfirmedTopology> {
    const confirmedAtMs = this.clock.monotonicMs()
    const { ino, mtimeMs, size } = await stat(this.path)
    const version = `${ino} ${mtimeMs} ${size}`
    if (this.#read?.version === version) return { topology: this.#read.topology, confirmedAtMs }
    const topology = parseTopology(await readFile(this.path, 'utf8'))
    if (!topology) throw this.#unreadable('it holds no topology')
    this.#read = { version, topology }
    return { topology, confirmedAtMs }
  }

  #unreadable(why: string): Error {
    return corelabError('FILE_DAMAGED', {
      message: `${this.path} cannot be read: ${why}`,
      fix: ['corelab status'],
    })
  }
}
