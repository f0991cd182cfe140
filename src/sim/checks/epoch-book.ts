/** What qlink's journal has said about one epoch, as it happened. */
export interface Epoch {
  readonly epoch: number
  readonly leader: number
  /** A seal was asked for in this life of qlink: nothing may be acknowledged any more. */
  isMuted: boolean
  /** The end of its log; null while it is open. */
  sealedAt: number | null
}

export class EpochBook {
  readonly all: Epoch[] = []

  get last(): Epoch | null {
    return this.all.at(-1) ?? null
  }

  /** The one in which a node led last. */
  lastOf(leader: number): Epoch | null {
    return this.all.findLast((each) => each.leader === leader) ?? null
  }

  open(epoch: number, leader: number): void {
    this.all.push({ epoch, leader, isMuted: false, sealedAt: null })
  }
}
