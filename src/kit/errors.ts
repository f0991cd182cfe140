import { BugError } from './assert.js'
import type { ErrorCode } from './error-catalogue.js'
import { errorCatalogue } from './error-catalogue.js'
import type { ErrorEntry } from './error-entry.js'

/** How an error looks in `--json`, in `events.jsonl` and in reports. Fields are never absent. */
export interface ErrorShape {
  readonly code: ErrorCode
  readonly message: string
  readonly detail: string | null
  readonly fix: readonly string[]
  readonly docs: string
  readonly retryable: boolean
}

export interface ErrorFacts {
  /** What: one line that names the thing. */
  readonly message: string
  /** Why: the evidence, e.g. who holds the port or the last log lines. May have several lines. */
  readonly detail?: string | undefined
  /** The commands that mend it, best first. */
  readonly fix?: readonly string[] | undefined
  readonly cause?: unknown
}

/** An expected failure: has a catalogued code, says what, why and the fix. */
export class CorelabError extends Error {
  override readonly name = 'CorelabError'
  readonly code: ErrorCode
  readonly detail: string | null
  readonly fix: readonly string[]

  constructor(code: ErrorCode, facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.detail = facts.detail ?? null
    this.fix = facts.fix ?? []
  }

  get entry(): ErrorEntry {
    return errorCatalogue[this.code]
  }

  get shape(): ErrorShape {
    return {
      code: this.code,
      message: this.message,
      detail: this.detail,
      fix: this.fix,
      docs: `docs/errors.md#${this.code.toLowerCase()}`,
      retryable: this.entry.retryable,
    }
  }

  /** Rebuilds an error that crossed a process border as its shape. */
  static fromShape(shape: ErrorShape): CorelabError {
    return new CorelabError(shape.code, {
      message: shape.message,
      detail: shape.detail ?? undefined,
      fix: shape.fix,
    })
  }
}

export function corelabError(code: ErrorCode, facts: ErrorFacts): CorelabError {
  return new CorelabError(code, facts)
}

/** The user's own cancellation (Ctrl+C, SIGTERM or a closed parent): not a failure, exit 130. */
export function cancelled(what = 'Cancelled'): CorelabError {
  return new CorelabError('CANCELLED', { message: what })
}

export function isCancelled(error: unknown): boolean {
  return error instanceof CorelabError && error.code === 'CANCELLED'
}

/** Turns whatever was thrown into a catalogued error; what is not ours is a bug of ours. */
export function toCorelabError(error: unknown): CorelabError {
  if (error instanceof CorelabError) return error
  if (error instanceof Error && error.name === 'AbortError') return cancelled()
  const message = error instanceof Error ? error.message : String(error)
  const detail = error instanceof Error && !(error instanceof BugError) ? error.name : undefined
  return new CorelabError('BUG', { message, detail, cause: error })
}

/** The message of anything thrown, for a sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
