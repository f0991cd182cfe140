import { mix32 } from '../../kit/random.js'

/** What is wrong with one direction between two processes. Faults may overlap: each adds to it and takes away again. */
export interface LinkTrouble {
  /** Waits, and arrives when the link is up again: a network that is away. */
  readonly stall?: number
  /** Gone, and the sender believes that it was delivered. */
  readonly drop?: number
  readonly delayUs?: number
  /** That many of a thousand are sent again after the retransmission time-out. */
  readonly lossPermille?: number
}

const retransmissionUs = 200_000

/** The state of every directed link, by its number, and the fate of what goes over it. */
export class Links {
  readonly #seed: number
  readonly #baseUs: number
  readonly #stalls: Int32Array
  readonly #drops: Int32Array
  readonly #delaysUs: Int32Array
  readonly #losses: Int32Array
  readonly #counts: Int32Array

  constructor(options: { readonly seed: number; readonly links: number; readonly baseUs: number }) {
    this.#seed = options.seed
    this.#baseUs = options.baseUs
    this.#stalls = new Int32Array(options.links)
    this.#drops = new Int32Array(options.links)
    this.#delaysUs = new Int32Array(options.links)
    this.#losses = new Int32Array(options.links)
    this.#counts = new Int32Array(options.links)
  }

  stalls(link: number): boolean {
    return this.#stalls[link] !== 0
  }

  drops(link: number): boolean {
    return this.#drops[link] !== 0
  }

  change(link: number, trouble: LinkTrouble): void {
    add(this.#stalls, link, trouble.stall)
    add(this.#drops, link, trouble.drop)
    add(this.#delaysUs, link, trouble.delayUs)
    add(this.#losses, link, trouble.lossPermille)
  }

  heal(): void {
    for (const troubles of [this.#stalls, this.#drops, this.#delaysUs, this.#losses]) troubles.fill(0)
  }

  /** What becomes of the next message on a link: a hash of the seed, the link, and the message's number on it. */
  nextFate(link: number): number {
    const count = (this.#counts[link] ?? 0) + 1
    this.#counts[link] = count
    return mix32(this.#seed ^ Math.imul(link + 1, 0x85eb_ca6b) ^ Math.imul(count, 0xc2b2_ae35))
  }

  delayUs(link: number, fate: number): number {
    let delayUs = this.#baseUs + (fate & 0x7f) + (this.#delaysUs[link] ?? 0)
    // Now and then the receiver's host is late.
    if (fate >>> 24 === 0) delayUs += (fate >>> 8) & 0xfff
    const loss = this.#losses[link] ?? 0
    return loss > 0 && ((fate >>> 7) & 1023) < loss ? delayUs + retransmissionUs : delayUs
  }
}

function add(to: Int32Array, link: number, change = 0): void {
  to[link] = (to[link] ?? 0) + change
}
