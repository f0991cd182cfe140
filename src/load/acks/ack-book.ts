import type { OperationOutcome } from '../operation-outcome.js'

/** What clients were told, session by session, small enough for any length of run. Plain data: it is written to a file. */
export interface AckData {
  readonly sessions: readonly SessionAcks[]
}

/** Operations of a session are numbered from 1; those in neither list were acknowledged. */
export interface SessionAcks {
  readonly session: number
  readonly begun: number
  readonly failed: readonly NumberRange[]
  /** With the one that was under way at the end, if there was one. */
  readonly unknown: readonly NumberRange[]
}

export type NumberRange = readonly [first: number, last: number]

/** Numbers the operations of one session and keeps how they ended. One is under way at a time. */
export class SessionBook {
  #begun = 0
  #underWay = false
  readonly #failed: [number, number][] = []
  readonly #unknown: [number, number][] = []

  constructor(readonly session: number) {}

  /** The number of the operation that begins now. */
  begin(): number {
    this.#underWay = true
    return ++this.#begun
  }

  end(kind: OperationOutcome['kind']): void {
    this.#underWay = false
    if (kind === 'failed') note(this.#failed, this.#begun)
    if (kind === 'unknown') note(this.#unknown, this.#begun)
  }

  data(): SessionAcks {
    const open: NumberRange[] = this.#underWay ? [[this.#begun, this.#begun]] : []
    return {
      session: this.session,
      begun: this.#begun,
      failed: this.#failed,
      unknown: [...this.#unknown, ...open],
    }
  }
}

/** Errors come in a row, so a range holds as many as there are. */
function note(ranges: [number, number][], n: number): void {
  const last = ranges.at(-1)
  if (last?.[1] === n - 1) last[1] = n
  else ranges.push([n, n])
}
